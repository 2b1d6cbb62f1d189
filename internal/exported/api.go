package exported

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// An Entry is one thing that users of a package can name.
type Entry struct {
	Name string // Save, or Trainer.Step for a method or field
	Line string // its declaration in one line, without bodies and comments
}

// API returns what the package exports whose sources, but for tests, lie in dir,
// in the order of names. It reads the sources alone, so that it depends
// neither on the version of Go nor on the platform. What an exported type gets
// by embedding an unexported struct of the package is listed as its own.
func API(dir string) ([]Entry, error) {
	files, err := parse(dir)
	if err != nil {
		return nil, err
	}
	a := &api{types: map[string]*ast.TypeSpec{}, methods: map[string][]*ast.FuncDecl{}, seen: map[string]bool{}}
	for _, f := range files {
		a.collect(f)
	}
	for _, f := range files {
		for _, d := range f.Decls {
			a.declaration(d)
		}
	}
	slices.SortFunc(a.entries, func(x, y Entry) int { return cmp.Compare(x.Name, y.Name) })
	return a.entries, nil
}

// An api is a listing under way.
type api struct {
	types   map[string]*ast.TypeSpec
	methods map[string][]*ast.FuncDecl // by receiver
	seen    map[string]bool            // names of entries: the outermost of promoted ones counts
	entries []Entry
}

func (a *api) collect(f *ast.File) {
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv != nil {
				receiver := base(d.Recv.List[0].Type)
				a.methods[receiver] = append(a.methods[receiver], d)
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				if t, ok := s.(*ast.TypeSpec); ok {
					a.types[t.Name.Name] = t
				}
			}
		}
	}
}

// add lists a name with the line that the parts make.
func (a *api) add(name string, parts ...any) {
	if !a.seen[name] {
		a.seen[name] = true
		a.entries = append(a.entries, Entry{name, fmt.Sprint(parts...)})
	}
}

func (a *api) declaration(d ast.Decl) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil && d.Name.IsExported() {
			a.add(d.Name.Name, "func ", d.Name.Name, parameters(d.Type.TypeParams), signature(d.Type))
		}
	case *ast.GenDecl:
		switch d.Tok {
		case token.CONST:
			a.constants(d)
		case token.VAR:
			a.variables(d)
		case token.TYPE:
			for _, s := range d.Specs {
				a.typeSpec(s.(*ast.TypeSpec))
			}
		}
	}
}

// constants lists a group; one without a value repeats the one before, as the
// language has it.
func (a *api) constants(d *ast.GenDecl) {
	var of *ast.ValueSpec
	for i, s := range d.Specs {
		s := s.(*ast.ValueSpec)
		if len(s.Values) > 0 {
			of = s
		}
		for k, name := range s.Names {
			if name.IsExported() {
				a.add(name.Name, "const ", name.Name, typed(of.Type), " = ", constant(of.Values[k], i))
			}
		}
	}
}

// constant returns an expression, with what iota stands for.
func constant(e ast.Expr, iota int) string {
	text, uses := types.ExprString(e), false
	ast.Inspect(e, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		uses = uses || ok && id.Name == "iota"
		return true
	})
	if uses {
		return fmt.Sprintf("%s // iota = %d", text, iota)
	}
	return text
}

func (a *api) variables(d *ast.GenDecl) {
	for _, s := range d.Specs {
		s := s.(*ast.ValueSpec)
		for _, name := range s.Names {
			if name.IsExported() {
				a.add(name.Name, "var ", name.Name, typed(s.Type))
			}
		}
	}
}

// typed returns a type after a space, or nothing where it is left to the value.
func typed(e ast.Expr) string {
	if e == nil {
		return ""
	}
	return " " + types.ExprString(e)
}

func (a *api) typeSpec(s *ast.TypeSpec) {
	name := s.Name.Name
	if !s.Name.IsExported() {
		return
	}
	head := "type " + name + parameters(s.TypeParams)
	if s.Assign.IsValid() {
		head += " ="
	}
	switch t := s.Type.(type) {
	case *ast.StructType:
		a.add(name, head, " struct")
	case *ast.InterfaceType:
		a.add(name, head, " interface")
		a.interfaceMembers(name, t)
	default:
		a.add(name, head, " ", types.ExprString(t))
	}
	a.members(name, name)
}

func (a *api) interfaceMembers(owner string, t *ast.InterfaceType) {
	for _, f := range t.Methods.List {
		method, ok := f.Type.(*ast.FuncType)
		switch {
		case !ok:
			a.add(owner+"."+cmp.Or(base(f.Type), types.ExprString(f.Type)), "embedded ", owner, ": ", types.ExprString(f.Type))
		case f.Names[0].IsExported():
			a.add(owner+"."+f.Names[0].Name, "method (", owner, ") ", f.Names[0].Name, signature(method))
		default:
			a.add(owner+" is closed", "closed ", owner, ": it has unexported methods")
		}
	}
}

// members lists what owner has through a type: itself, or one that it embeds.
func (a *api) members(owner, of string) {
	for _, m := range a.methods[of] {
		if m.Name.IsExported() {
			a.add(owner+"."+m.Name.Name, "method (", pointer(m), owner, ") ", m.Name.Name, signature(m.Type))
		}
	}
	spec := a.types[of]
	if spec == nil {
		return
	}
	t, ok := spec.Type.(*ast.StructType)
	if !ok {
		return
	}
	for _, f := range t.Fields.List {
		for _, name := range f.Names {
			if name.IsExported() {
				a.add(owner+"."+name.Name, "field ", owner, ".", name.Name, typed(f.Type))
			}
		}
		if len(f.Names) > 0 {
			continue
		}
		if embedded := base(f.Type); ast.IsExported(embedded) {
			a.add(owner+"."+embedded, "embedded ", owner, ": ", types.ExprString(f.Type))
		} else {
			a.members(owner, embedded)
		}
	}
}

// pointer returns the star of a method's receiver, or nothing.
func pointer(m *ast.FuncDecl) string {
	if _, ok := m.Recv.List[0].Type.(*ast.StarExpr); ok {
		return "*"
	}
	return ""
}

func signature(t *ast.FuncType) string { return strings.TrimPrefix(types.ExprString(t), "func") }

// parameters returns a list of type parameters in brackets, or nothing.
func parameters(list *ast.FieldList) string {
	if list == nil {
		return ""
	}
	var all []string
	for _, f := range list.List {
		for _, name := range f.Names {
			all = append(all, name.Name+" "+types.ExprString(f.Type))
		}
	}
	return "[" + strings.Join(all, ", ") + "]"
}
