// The classifier in the plane.
import { ask, latest, picture } from './engine.js';
import { h, slider, choice, pair, figure, button, show } from './dom.js';
import { Sheet, frame, shaded, spread, contour, chart, colour, rgb, disc, place } from './draw.js';
import { Player } from './player.js';
import { t, number, percent } from './text.js';

export const defaults = {
  data: 'moons', drawn: [], noise: 0.2, layers: 1, units: 8, activation: 'tanh', loss: 'logistic', lambda: 0.0001,
  rule: 'adam', rate: 0.02, batch: 16, speed: 200, seed: 1,
};
const limit = 20000;

export function open(root, settings, page) {
  let points, last, history, pen = 0, cursor = [0, 0];
  const canvas = h('canvas', { class: 'main square', tabIndex: 0, role: 'img', 'aria-label': t('classifier.canvas') });
  const canvases = ['classifier.curves', 'classifier.weights'].map(name => h('canvas', { class: 'chart', role: 'img', 'aria-label': t(name) }));
  const player = new Player({
    view: 'classifier', speed: () => settings.speed, limit, frame: take, failed: page.failed, again: () => restart(),
  });
  const plane = new Sheet(canvas, paintPlane);
  const sheets = [plane, new Sheet(canvases[0], paintCurves), new Sheet(canvases[1], paintNetwork)];
  const cells = Object.fromEntries(['train', 'test'].map(k => [k, { loss: h('data', { 'data-of': `${k}-loss` }), accuracy: h('data', { 'data-of': `${k}-accuracy` }) }]));
  const controls = h('div', { class: 'controls' });
  root.append(
    h('div', { class: 'stage' }, canvas, player.bar, h('p', { class: 'keys' }, t('classifier.keys'))),
    h('div', { class: 'stage' },
      h('table', {},
        h('thead', {}, h('tr', {}, h('th'), h('th', {}, t('loss')), h('th', {}, t('accuracy')))),
        h('tbody', {}, ...['train', 'test'].map(k => h('tr', {}, h('td', {}, t(k)), h('td', {}, cells[k].loss), h('td', {}, cells[k].accuracy))))),
      figure(t('classifier.curves'), canvases[0]), figure(t('classifier.weights'), canvases[1], t('classifier.signs'))),
    h('div', { class: 'side' }, controls));

  function showControls() {
    const drawn = settings.data === 'drawn';
    controls.replaceChildren(
      choice('data', ['blobs', 'moons', 'circles', 'spirals', 'drawn'], settings, changed),
      drawn
        ? h('div', { class: 'bar' }, ...[0, 1].map(k => button(t(`class${k}`), () => { pen = k; showControls(); }, { 'aria-pressed': String(pen === k) })),
          button(t('clear'), () => { settings.drawn = []; changed('drawn'); }))
        : slider({ name: 'noise', min: 0, max: 1, step: 0.05 }, settings, changed),
      pair(choice('loss', ['squared', 'hinge', 'logistic', 'softmax'], settings, changed),
        choice('rule', ['sgd', 'momentum', 'adam'], settings, changed)),
      slider({ name: 'layers', min: 0, max: 3, format: v => v === 0 ? t('linear') : v }, settings, changed),
      ...(settings.layers > 0 ? [pair(slider({ name: 'units', min: 1, max: 16 }, settings, changed), choice('activation', ['tanh', 'relu'], settings, changed))] : []),
      slider({ name: 'rate', min: 0.001, max: 3, scale: 'log' }, settings, changed),
      pair(slider({ name: 'batch', min: 1, max: 160, format: v => v === 160 ? t('all') : v }, settings, changed),
        slider({ name: 'lambda', min: 0.00001, max: 1, scale: 'log' }, settings, changed)),
      pair(slider({ name: 'speed', min: 1, max: 2000, scale: 'log', format: v => `${number(v, 2)}/s` }, settings, changed),
        slider({ name: 'seed', min: 1, max: 20 }, settings, changed)));
  }

  async function changed(name) {
    page.save();
    if (name === 'data' || name === 'layers') showControls();
    if (name === 'speed') return;
    if (name !== 'rate') return restart();
    try { await ask('classifier', 'tune', { settings }); } catch (e) { page.failed(e); }
  }

  const restart = latest(async () => {
    player.playing = false;
    try {
      const result = await ask('classifier', 'start', { settings });
      if (player.gone) return;
      points = result;
      history = { steps: [], train: [], test: [] };
      take(points.frame);
      player.begin(0);
    } catch (e) { page.failed(e); }
  });

  function take(f) {
    last = f;
    last.values = picture(f.regions);
    history.steps.push(f.steps);
    for (const k of ['train', 'test']) {
      history[k].push(f[k].loss);
      show(cells[k].loss, f[k].loss);
      cells[k].accuracy.value = f[k].accuracy ?? '';
      cells[k].accuracy.textContent = percent(f[k].accuracy);
    }
    if (f.diverged) { player.pause(); cells.train.loss.textContent = t('diverged'); }
    sheets.forEach(s => s.draw());
  }

  const box = () => ({ left: -points.extent, right: points.extent, bottom: -points.extent, top: points.extent });

  function paintPlane(c, width, height) {
    if (!last) return;
    const tints = [0, 1].map(k => rgb(`class${k}`));
    spread(c, shaded(last.values, last.size, v => [...tints[v > 0 ? 1 : 0], 24 + 66 * Math.min(1, Math.abs(v) / 3)]), width, height);
    c.strokeStyle = colour('ink');
    for (const [level, thick] of [[-1, 1], [1, 1], [0, 2.4]]) {
      c.lineWidth = thick;
      c.setLineDash(level ? [5, 4] : []);
      c.beginPath();
      contour(c, last.values, last.size, level, width, height);
      c.stroke();
    }
    c.setLineDash([]);
    const f = frame(box(), width, height);
    for (const p of points.test) mark(c, f, p, false);
    for (const p of points.train) mark(c, f, p, true);
    if (settings.data === 'drawn') {
      c.strokeStyle = colour('ink');
      c.lineWidth = 1.5;
      c.strokeRect(f.x(cursor[0]) - 7, f.y(cursor[1]) - 7, 14, 14);
    }
  }

  /** Class 0 is a disc, class 1 a square; those for tests are empty. */
  function mark(c, f, [x, y, k], full) {
    const r = full ? 4.2 : 3.6;
    c.beginPath();
    k ? c.rect(f.x(x) - r, f.y(y) - r, 2 * r, 2 * r) : c.arc(f.x(x), f.y(y), r, 0, 2 * Math.PI);
    c.fillStyle = full ? colour(`class${k}`) : colour('card');
    c.fill();
    c.strokeStyle = full ? colour('card') : colour(`class${k}`);
    c.lineWidth = full ? 1 : 1.8;
    c.stroke();
  }

  function paintCurves(c, width, height) {
    if (!last) return;
    const all = [...history.train, ...history.test].filter(v => v > 0);
    const low = Math.max(1e-6, Math.min(...all)), high = Math.min(20, Math.max(...all));
    chart(c, width, height, {
      x: { lo: 0, hi: Math.max(50, last.steps) },
      y: { name: t('loss'), lo: low / 1.3, hi: Math.max(high, low * 2) * 1.3, log: true },
      lines: [{ x: history.steps, y: history.train, colour: colour('train') }, { x: history.steps, y: history.test, colour: colour('test'), dash: [7, 3] }],
    });
    c.textAlign = 'right';
    for (const [i, k] of ['train', 'test'].entries()) {
      c.fillStyle = colour(k);
      c.fillText(`${i ? '╌╌' : '──'} ${t(k)}`, width - 12 - 84 * (1 - i), 13);
    }
  }

  /** The network: a line for each weight, as thick as it is large, dashed if negative. */
  function paintNetwork(c, width, height) {
    if (!last) return;
    const sizes = [last.layers[0].in, ...last.layers.map(l => l.out)];
    const X = i => 34 + (width - 74) * i / (sizes.length - 1);
    const Y = (i, j) => height * (j + 0.5) / sizes[i];
    last.layers.forEach((l, i) => {
      const most = Math.max(...l.weights.map(w => Math.abs(w)), 1e-9);
      l.weights.forEach((w, k) => {
        c.strokeStyle = colour(w > 0 ? 'plus' : 'minus');
        c.setLineDash(w > 0 ? [] : [5, 4]);
        c.lineWidth = 0.3 + 4 * Math.abs(w) / most;
        c.beginPath();
        c.moveTo(X(i), Y(i, k % l.in));
        c.lineTo(X(i + 1), Y(i + 1, Math.floor(k / l.in)));
        c.stroke();
      });
    });
    c.setLineDash([]);
    sizes.forEach((n, i) => { for (let j = 0; j < n; j++) disc(c, X(i), Y(i, j), n > 12 ? 3.5 : 5, colour('card'), colour('ink')); });
    c.fillStyle = colour('ink');
    c.textBaseline = 'middle';
    c.textAlign = 'right';
    ['x₁', 'x₂'].forEach((name, j) => c.fillText(name, X(0) - 11, Y(0, j)));
    c.textAlign = 'left';
    for (let j = 0; j < sizes.at(-1); j++) c.fillText(sizes.at(-1) === 1 ? 'f' : `s${'₁₂'[j]}`, X(sizes.length - 1) + 11, Y(sizes.length - 1, j));
  }

  function add([x, y], kind = pen) {
    cursor = [x, y];
    if (settings.data !== 'drawn') { settings.data = 'drawn'; settings.drawn = []; }
    settings.drawn.push([+x.toFixed(2), +y.toFixed(2), kind]);
    showControls();
    changed('drawn');
  }
  // A mouse draws, with its right button class 1; a finger that only scrolls does not.
  const where = e => frame(box(), plane.width, plane.height).back(...place(canvas, e));
  canvas.addEventListener('pointerdown', e => { if (points && e.pointerType === 'mouse') add(where(e), e.button === 2 ? 1 : pen); });
  canvas.addEventListener('pointermove', e => {
    if (!points || e.pointerType !== 'mouse' || !e.buttons) return;
    const at = where(e);
    if (Math.hypot(at[0] - cursor[0], at[1] - cursor[1]) > 0.1) add(at, e.buttons & 2 ? 1 : pen);
  });
  canvas.addEventListener('click', e => { if (points && e.pointerType !== 'mouse') add(where(e)); });
  canvas.addEventListener('contextmenu', e => e.preventDefault());
  canvas.addEventListener('keydown', e => {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[e.key];
    if (e.key === ' ') { e.preventDefault(); player.toggle(); }
    if (e.key === '0' || e.key === '1') { pen = +e.key; add(cursor); }
    if (!move) return;
    e.preventDefault();
    cursor = cursor.map((v, i) => Math.max(-1.55, Math.min(1.55, v + 0.1 * move[i])));
    plane.draw();
  });

  showControls();
  restart();
  return { player, close() { player.close(); sheets.forEach(s => s.close()); } };
}
