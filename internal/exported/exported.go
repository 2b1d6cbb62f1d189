// Package exported lists what a package exports: as lines, so that a change of
// it is seen, see [API]; and as functions, so that tests can call all of them
// with arguments that have no meaning, see [Check].
package exported

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
)

// A Function is an exported function, or an exported method of an exported type.
type Function struct {
	Name      string // Save, or Trainer.Step
	Arguments bool   // it takes any
	Errors    bool   // its last result is an error
	Result    string // the type of its only result, as it is written
}

// Functions returns the functions of the package whose sources, but for tests,
// lie in dir. Methods that an exported struct gets by embedding an unexported
// type of the package are listed under the exported one. Methods of other
// unexported types, which callers reach through an interface alone, are left out.
func Functions(dir string) ([]Function, error) {
	files, err := parse(dir)
	if err != nil {
		return nil, err
	}
	p := &declarations{methods: map[string][]Function{}, embeds: map[string][]string{}}
	for _, f := range files {
		p.add(f)
	}
	return p.exported(), nil
}

// parse parses the sources in dir, but for tests.
func parse(dir string) ([]*ast.File, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}

// declarations are those of a package.
type declarations struct {
	functions []Function
	methods   map[string][]Function // by receiver
	embeds    map[string][]string   // by struct
}

func (p *declarations) add(file *ast.File) {
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			p.addFunction(d)
		case *ast.GenDecl:
			for _, s := range d.Specs {
				p.addType(s)
			}
		}
	}
}

func (p *declarations) addFunction(d *ast.FuncDecl) {
	if !d.Name.IsExported() {
		return
	}
	f := Function{
		Name: d.Name.Name, Arguments: d.Type.Params.NumFields() > 0,
		Errors: lastIsError(d.Type.Results), Result: onlyResult(d.Type.Results),
	}
	if d.Recv == nil {
		p.functions = append(p.functions, f)
		return
	}
	receiver := base(d.Recv.List[0].Type)
	p.methods[receiver] = append(p.methods[receiver], f)
}

// addType notes what a struct embeds.
func (p *declarations) addType(spec ast.Spec) {
	t, ok := spec.(*ast.TypeSpec)
	if !ok {
		return
	}
	s, ok := t.Type.(*ast.StructType)
	if !ok {
		return
	}
	for _, field := range s.Fields.List {
		if len(field.Names) == 0 {
			p.embeds[t.Name.Name] = append(p.embeds[t.Name.Name], base(field.Type))
		}
	}
}

func (p *declarations) exported() []Function {
	all := slices.Clone(p.functions)
	types := map[string]bool{}
	for name := range p.methods {
		types[name] = true
	}
	for name := range p.embeds {
		types[name] = true
	}
	for name := range types {
		if !ast.IsExported(name) {
			continue
		}
		own := slices.Clone(p.methods[name])
		for _, embedded := range p.embeds[name] {
			if !ast.IsExported(embedded) {
				own = append(own, p.methods[embedded]...)
			}
		}
		for _, m := range own {
			m.Name = name + "." + m.Name
			all = append(all, m)
		}
	}
	slices.SortFunc(all, func(a, b Function) int { return strings.Compare(a.Name, b.Name) })
	return slices.CompactFunc(all, func(a, b Function) bool { return a.Name == b.Name })
}

func lastIsError(results *ast.FieldList) bool {
	if results.NumFields() == 0 {
		return false
	}
	last, ok := results.List[len(results.List)-1].Type.(*ast.Ident)
	return ok && last.Name == "error"
}

// onlyResult returns the type of a result that is alone, or "".
func onlyResult(results *ast.FieldList) string {
	if results.NumFields() != 1 {
		return ""
	}
	return types.ExprString(results.List[0].Type)
}

// base returns the name of a type without pointer, package and arguments.
func base(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.StarExpr:
		return base(t.X)
	case *ast.IndexExpr:
		return base(t.X)
	case *ast.IndexListExpr:
		return base(t.X)
	case *ast.SelectorExpr:
		return t.Sel.Name
	case *ast.Ident:
		return t.Name
	}
	return ""
}
