package browser

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var frames = flag.Float64("frames", 0, "least new pictures a second, on an idle machine; 0 does not ask for any")

// Every view learns as soon as it is opened; the gradient check waits to be told.
func TestViewsTrain(t *testing.T) {
	for _, view := range views {
		t.Run(view, func(t *testing.T) {
			tab := open(t, 1280, false)
			tab.visit(view)
			if view == "gradient" {
				tab.do(chromedp.Click(`[data-do=play]`))
			}
			first := tab.text(`document.querySelector('[data-of$=loss], [data-of=sgd]').value`)
			tab.until(steps + ` > 40`)
			tab.do(chromedp.Click(`[data-do=play]`))
			assert.NotEqual(t, first, tab.text(`document.querySelector('[data-of$=loss], [data-of=sgd]').value`))
		})
	}
}

// With the settings that a view has at first, new pictures come 30 times a second.
func TestFrames(t *testing.T) {
	if *frames == 0 {
		t.Skip("a matter of the machine: -frames 30 asks")
	}
	for _, view := range views {
		t.Run(view, func(t *testing.T) {
			tab := open(t, 1280, false)
			tab.visit(view)
			if view == "gradient" {
				tab.do(chromedp.Click(`[data-do=play]`))
			}
			tab.until(steps + ` > 10`)
			got, err := strconv.ParseFloat(tab.text(`new Promise(done => {
				let n = 0;
				const begin = performance.now(), watch = new MutationObserver(() => n++);
				watch.observe(document.querySelector('[data-of=steps]'), { childList: true });
				setTimeout(() => done(1000 * n / (performance.now() - begin)), 3000);
			})`), 64)
			require.NoError(t, err)
			t.Logf("%.1f pictures a second", got)
			assert.GreaterOrEqual(t, got, *frames)
		})
	}
}

func TestSurfaceControls(t *testing.T) {
	tab := open(t, 1280, true)
	tab.visit("surface")
	tab.press(2)
	tab.set("surface", "saddle")
	tab.until(steps + ` === 0`)
	tab.set("method-newton", "true")
	tab.until(`document.querySelector('[data-of=newton]').value`)
	tab.press(3)
	tab.until(`document.querySelector('[data-of=gd]').closest('tr').lastChild.textContent === '90°'`)
	assert.Contains(t, tab.text(`location.hash`), "surface=saddle")
	tab.set("surface", "quadratic")
	tab.until(steps + ` === 0`)
	tab.set("rate", "0.3") // the slider has the logarithm: η = 2
	tab.do(chromedp.Click(`[data-do=play]`))
	tab.until(contains("diverged"))
}

// The keyboard moves the start, and the space bar runs and pauses.
func TestSurfaceKeys(t *testing.T) {
	tab := open(t, 1280, true)
	tab.visit("surface")
	tab.do(chromedp.Focus(`canvas.main`), chromedp.KeyEvent(kb.ArrowRight))
	tab.until(`location.hash.includes('start=-1.88')`)
	tab.do(chromedp.KeyEvent(" "))
	tab.until(steps + ` > 3`)
	tab.do(chromedp.KeyEvent(" "))
	assert.Equal(t, "Run", tab.text(`document.querySelector('[data-do=play]').textContent`))
}

// A press on the map starts there.
func TestSurfaceClick(t *testing.T) {
	tab := open(t, 1280, true)
	tab.visit("surface")
	tab.do(chromedp.Click(`canvas.main`))
	tab.until(`/start=-?0(\.0\d*)?\*-?0(\.0\d*)?&/.test(location.hash)`) // its middle
}

func TestClassifierControls(t *testing.T) {
	tab := open(t, 1280, true)
	tab.visit("classifier")
	for name, value := range map[string]string{"data": "spirals", "loss": "hinge", "layers": "2", "activation": "relu", "rule": "momentum", "lambda": "-3", "batch": "160", "units": "5"} {
		before := tab.text(`location.hash`)
		tab.set(name, value)
		tab.until(`location.hash !== '` + before + `'`)
	}
	tab.press(5)
	tab.set("data", "drawn")
	tab.until(steps + ` === 0`)
	tab.do(chromedp.Click(`canvas.main`), chromedp.Focus(`canvas.main`), chromedp.KeyEvent(kb.ArrowLeft), chromedp.KeyEvent("1"))
	tab.until(`location.hash.split("drawn=")[1].split("*").length === 2`)
	tab.press(5)
}

func TestGradientControls(t *testing.T) {
	tab := open(t, 1280, true)
	tab.visit("gradient")
	tab.until(contains("every derivative is right"))
	tab.set("fault", "sum")
	tab.until(contains("8 times too large"))
	tab.set("fault", "decay")
	tab.until(contains("regularisation term"))
	tab.set("fault", "none")
	tab.until(contains("every derivative is right"))
	good, err := strconv.ParseFloat(tab.text(`document.querySelector('[data-of=error]').value`), 64)
	require.NoError(t, err)
	tab.set("exponent", "-13")
	tab.until(`document.querySelector('[data-of=error]').value > ` + strconv.FormatFloat(100*good, 'g', -1, 64))
	tab.press(3)
}

// A digit drawn with a mouse, a finger or keys has scores, and an example its own.
func TestDigits(t *testing.T) {
	const shown = `document.querySelectorAll('.scores .best').length === 1`
	tab := open(t, 390, true)
	tab.visit("digits")
	tab.until(shown) // of the example
	tab.press(30)
	tab.do(chromedp.Click(`[data-do=clear]`))
	tab.until(`!(` + shown + `)`)
	tab.do(chromedp.Click(`canvas.pad`))
	tab.until(shown)
	tab.do(chromedp.Click(`[data-do=clear]`))
	tab.until(`!(` + shown + `)`)
	tab.do(emulation.SetTouchEmulationEnabled(true), chromedp.ScrollIntoView(`canvas.pad`))
	var x, y float64
	_, err := fmt.Sscan(tab.text(`(r => r.x + r.width / 2 + ' ' + (r.y + r.height / 4))(document.querySelector('canvas.pad').getBoundingClientRect())`), &x, &y)
	require.NoError(t, err)
	tab.do(chromedp.ActionFunc(func(ctx context.Context) error {
		for i, kind := range []input.TouchType{input.TouchStart, input.TouchMove, input.TouchMove, input.TouchEnd} {
			points := []*input.TouchPoint{{X: x, Y: y + 20*float64(i)}}
			if kind == input.TouchEnd {
				points = []*input.TouchPoint{}
			}
			if err := input.DispatchTouchEvent(kind, points).Do(ctx); err != nil {
				return err
			}
		}
		return nil
	}))
	tab.until(shown)
	touched := tab.text(`document.querySelector('.best').textContent`)
	tab.do(chromedp.Click(`[data-do=clear]`), chromedp.Focus(`canvas.pad`), chromedp.KeyEvent(" "), chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.ArrowRight))
	tab.until(shown)
	tab.do(chromedp.Click(`[data-do=example]`))
	tab.until(contains("From the test set"))
	assert.NotEqual(t, touched, tab.text(`document.querySelector('.best').textContent`))
}

// The address keeps the settings, and the same settings make the same picture.
func TestSameAddressSamePicture(t *testing.T) {
	for _, fragment := range []string{"surface?surface=network&methods=sgd*adam&seed=3", "classifier?data=circles&seed=2&layers=2", "digits?hidden=10&seed=4"} {
		t.Run(fragment, func(t *testing.T) {
			tab := open(t, 1280, true)
			var pictures [3]string
			for i, at := range []string{fragment, fragment, strings.Replace(fragment, "seed=", "seed=1", 1)} {
				tab.visit(at)
				tab.press(6)
				pictures[i] = tab.picture() + tab.text(`document.querySelector('table').textContent`)
			}
			assert.Equal(t, pictures[0], pictures[1])
			assert.NotEqual(t, pictures[0], pictures[2])
		})
	}
}

// Where motion is to be reduced, nothing moves before it is told to.
func TestReducedMotion(t *testing.T) {
	tab := open(t, 1280, true)
	for _, view := range views {
		tab.visit(view)
		tab.until(`document.querySelector('[data-do=play]').textContent === 'Run'`)
		assert.Equal(t, "0", tab.text(`new Promise(done => setTimeout(() => done(`+steps+`), 300))`), view)
	}
}

// Nothing is wider than the page, in either language, on a phone or a desk.
func TestWidths(t *testing.T) {
	for _, width := range []int64{390, 820, 1000, 1280} {
		tab := open(t, width, true)
		for _, view := range views {
			for _, language := range []string{"en", "pt"} {
				tab.visit(view + "?lang=" + language)
				assert.Equal(t, strconv.FormatInt(width, 10), tab.text(`document.documentElement.scrollWidth`), "%s in %s", view, language)
			}
		}
	}
}

// Both languages have the same texts, and the switch keeps the settings.
func TestLanguages(t *testing.T) {
	tab := open(t, 1280, true)
	tab.visit("classifier?data=moons&noise=0.5&lang=pt")
	assert.Equal(t, "Um classificador no plano", tab.text(`document.querySelector('h1').textContent`))
	assert.Equal(t, "pt-BR", tab.text(`document.documentElement.lang`))
	tab.do(chromedp.Click(`#languages [lang=en]`))
	tab.until(`document.querySelector('h1').textContent === 'A classifier in the plane'`)
	assert.Contains(t, tab.text(`location.hash`), "noise=0.5")
	assert.Equal(t, tab.text(`import('./text.en.js').then(m => Object.keys(m.en).sort().join())`), tab.text(`import('./text.pt.js').then(m => Object.keys(m.pt).sort().join())`))
	for _, view := range views {
		tab.visit(view + "?lang=pt")
		assert.Equal(t, "", tab.text(`[...document.querySelectorAll('label span, option, button, th, figcaption, h2')].map(e => e.textContent).filter(s => /^(set|surface|classifier|gradient|digits|fault|data|loss|rule|method)\.\w/.test(s)).join()`), "keys without a text in %s", view)
	}
}

// A server may unpack the program on the way; the page works with either.
func TestPackedOnTheWay(t *testing.T) {
	tab := open(t, 1280, true)
	files := http.FileServer(http.Dir(shared().folder))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ".gz") {
			w.Header().Set("Content-Encoding", "gzip")
		}
		files.ServeHTTP(w, r)
	}))
	defer server.Close()
	tab.address = server.URL
	tab.visit("surface")
	tab.press(1)
}

// What stands in the way is said.
func TestWithoutWebAssembly(t *testing.T) {
	tab := open(t, 1280, true)
	tab.do(chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := page.AddScriptToEvaluateOnNewDocument(`delete globalThis.WebAssembly`).Do(ctx)
		return err
	}), chromedp.Navigate(tab.address))
	tab.until(contains("This browser has no WebAssembly"))
}

// The folder is small, and nothing in it comes from elsewhere.
func TestFolder(t *testing.T) {
	open(t, 1280, true)
	files, err := filepath.Glob(filepath.Join(shared().folder, "*"))
	require.NoError(t, err)
	size := int64(0)
	for _, path := range files {
		info, err := os.Stat(path)
		require.NoError(t, err)
		size += info.Size()
		if ext := filepath.Ext(path); ext != ".gz" && filepath.Base(path) != "wasm_exec.js" {
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.NotRegexp(t, `(?:src|href|import|url|fetch)\W{1,3}https?:`, string(text), path)
		}
	}
	assert.Less(t, size, int64(7_000_000))
}
