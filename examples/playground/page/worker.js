// The worker loads WebAssembly and hands over to it: package worker answers messages.
'use strict';
importScripts('wasm_exec.js');

async function load() {
  if (typeof WebAssembly !== 'object') throw new Error('WebAssembly');
  const response = await fetch('playground.wasm.gz');
  if (!response.ok) throw new Error(`playground.wasm.gz: ${response.status} ${response.statusText}`);
  let bytes = await response.arrayBuffer();
  const [first, second] = new Uint8Array(bytes, 0, 2);
  if (first === 0x1f && second === 0x8b) { // else the server has said that it is packed, and the browser unpacked it
    const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    bytes = await new Response(unpacked).arrayBuffer();
  }
  const go = new Go();
  const { instance } = await WebAssembly.instantiate(bytes, go.importObject);
  await go.run(instance);
  throw new Error('the program has ended');
}

load().catch(e => postMessage(JSON.stringify({ id: 0, error: e.message })));
