// Package runlog writes how a training goes, step by step and epoch by epoch: as lines of
// JSON, as a table of CSV, or as event files that TensorBoard shows.
//
//	file, err := os.Create("run.jsonl")
//	...
//	epochs, err := trainer.Fit(ctx, data, optim.Plan{…, Log: runlog.NewJSONL(file)})
//
// [NewJSONL], [NewCSV] and [NewEvents] return an [optim.Log]; [All] makes one of
// several. They write through, so that a killed process leaves what it has logged.
// What fails is the error of Fit. Only Events makes files of its own.
package runlog
