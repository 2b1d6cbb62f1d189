package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// patience is for what takes seconds on an idle machine: a test that waits so long has
// failed.
const patience = 5 * time.Minute

var views = []string{"surface", "classifier", "gradient", "digits"}

// setup is the page, served, and the browser; both last as long as the tests.
type setup struct {
	folder  string
	address string
	browser context.Context
	skipped string // why there is none
	err     error
	end     func()
}

var shared = sync.OnceValue(func() (s setup) {
	s.end = func() {}
	found := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); err == nil && found == "" {
			found = path
		}
	}
	if found == "" {
		s.skipped = "there is no Chromium; Debian's package is chromium"
		return s
	}
	if s.folder, s.err = os.MkdirTemp("", "declive-browser-"); s.err != nil {
		return s
	}
	build := exec.Command("go", "run", "./examples/playground", "-out", s.folder)
	build.Dir = "../../.."
	if out, err := build.CombinedOutput(); err != nil {
		s.err = fmt.Errorf("%w\n%s", err, out)
		return s
	}
	server := httptest.NewServer(http.FileServer(http.Dir(s.folder)))
	s.address = server.URL
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(found))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium asks for it
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	browser, closeBrowser := chromedp.NewContext(allocator)
	s.browser, s.err = browser, chromedp.Run(browser)
	s.end = func() {
		closeBrowser()
		stop()
		server.Close()
		os.RemoveAll(s.folder)
	}
	return s
})

func TestMain(m *testing.M) {
	code := m.Run()
	shared().end()
	os.Exit(code)
}

// A tab is a tab of the browser whose console stays empty, or the test fails.
type tab struct {
	context.Context
	*testing.T
	address string
}

// open returns a tab of a width, in which motion is to be reduced if calm.
func open(t *testing.T, width int64, calm bool) *tab {
	t.Helper()
	s := shared()
	if s.skipped != "" {
		t.Skip(s.skipped)
	}
	require.NoError(t, s.err)
	ctx, closeTab := chromedp.NewContext(s.browser)
	ctx, cancel := context.WithTimeout(ctx, patience)
	var complaints []string
	var mutex sync.Mutex
	chromedp.ListenTarget(ctx, func(event any) {
		mutex.Lock()
		defer mutex.Unlock()
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			complaints = append(complaints, e.ExceptionDetails.Error())
		case *runtime.EventConsoleAPICalled:
			for _, a := range e.Args {
				complaints = append(complaints, string(a.Value))
			}
		case *log.EventEntryAdded:
			complaints = append(complaints, e.Entry.Text+" "+e.Entry.URL)
		}
	})
	t.Cleanup(func() {
		mutex.Lock()
		assert.Empty(t, complaints, "on the console")
		mutex.Unlock()
		cancel()
		closeTab()
	})
	motion := "no-preference"
	if calm {
		motion = "reduce"
	}
	tab := &tab{ctx, t, s.address}
	tab.do(log.Enable(), runtime.Enable(), page.BringToFront(), // a tab behind another draws nothing

		chromedp.EmulateViewport(width, 900),
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: motion}}))
	return tab
}

func (t *tab) do(actions ...chromedp.Action) {
	t.Helper()
	require.NoError(t, chromedp.Run(t.Context, actions...))
}

// visit opens the page at a fragment and waits for the view.
func (t *tab) visit(fragment string) {
	t.Helper()
	t.do(chromedp.Navigate("about:blank"), chromedp.Navigate(t.address+"/#"+fragment))
	t.until(`[...document.querySelectorAll('[data-of]:not([data-of=steps])')].some(e => e.value)`)
}

// until waits for a condition in JavaScript.
func (t *tab) until(condition string) {
	t.Helper()
	for {
		var ok bool
		t.do(chromedp.Evaluate(`Boolean(`+condition+`)`, &ok))
		if ok {
			return
		}
		select {
		case <-t.Done():
			require.Fail(t, "waited in vain for "+condition)
		case <-time.After(30 * time.Millisecond):
		}
	}
}

// text returns the value of an expression, of promises what they promise.
func (t *tab) text(expression string) (text string) {
	t.Helper()
	await := func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }
	t.do(chromedp.Evaluate(`Promise.resolve(`+expression+`).then(String)`, &text, await))
	return text
}

// steps is an expression: the number of steps that the view shows.
const steps = `Number(document.querySelector('[data-of=steps]').value)`

// press takes single steps.
func (t *tab) press(times int) {
	t.Helper()
	for range times {
		before := t.text(steps)
		t.do(chromedp.Click(`[data-do=step]`))
		t.until(steps + ` > ` + before)
	}
}

// set moves a control and says so, as a hand does.
func (t *tab) set(name, value string) {
	t.Helper()
	quoted, err := json.Marshal(value)
	require.NoError(t, err)
	t.text(`(() => {
		const e = document.querySelector('[name="` + name + `"]');
		e.type === 'checkbox' ? e.checked = ` + string(quoted) + ` === 'true' : e.value = ` + string(quoted) + `;
		e.dispatchEvent(new Event(e.type === 'range' ? 'input' : 'change', { bubbles: true }));
	})()`)
}

// picture returns the canvas of a view, as text.
func (t *tab) picture() string { return t.text(`document.querySelector('canvas.main').toDataURL()`) }

// contains reports whether the page shows a text.
func contains(text string) string {
	return fmt.Sprintf(`document.body.textContent.includes(%q)`, strings.TrimSpace(text))
}
