// Digits, drawn and named.
import { ask, latest, bytes } from './engine.js';
import { h, slider, choice, pair, figure, button, show } from './dom.js';
import { Sheet, chart, colour, rgb, place } from './draw.js';
import { Player } from './player.js';
import { t, number, percent } from './text.js';

export const defaults = { hidden: 0, lambda: 0.0001, rule: 'sgd', rate: 0.1, batch: 32, speed: 60, seed: 1 };
const limit = 5000, side = 28;

export function open(root, settings, page) {
  let last, history, image = null, strokes = [], pen = false, at = [0.5, 0.5], next = 0, label = '';
  const canvas = h('canvas', { class: 'main square pad', tabIndex: 0, role: 'img', 'aria-label': t('digits.canvas') });
  const canvases = ['digits.templates', 'digits.curve'].map(name => h('canvas', { class: 'chart', role: 'img', 'aria-label': t(name) }));
  const player = new Player({
    view: 'digits', speed: () => settings.speed, limit, frame: take, failed: page.failed, again: () => restart(),
  });
  const pad = new Sheet(canvas, paintPad), images = new Sheet(canvases[0], paintTemplates), curve = new Sheet(canvases[1], paintCurve);
  const scores = Array.from({ length: 10 }, (_, k) => ({ fill: h('div', { class: 'fill' }), text: h('data', { 'data-of': `score-${k}` }), line: h('li') }));
  scores.forEach((s, k) => s.line.append(h('span', {}, String(k)), h('div', { class: 'track' }, s.fill), s.text));
  const loss = h('data', { 'data-of': 'loss' }), accuracy = h('data', { 'data-of': 'accuracy' });
  const source = h('p', { class: 'note' });
  root.append(
    h('div', { class: 'stage' }, canvas,
      h('div', { class: 'bar' }, button(t('clear'), clear, { 'data-do': 'clear' }), button(t('digits.example'), example, { 'data-do': 'example' })),
      source, h('ol', { class: 'scores', start: 0 }, ...scores.map(s => s.line))),
    h('div', { class: 'stage' }, figure(t('digits.templates'), canvases[0], t('digits.signs')), player.bar,
      h('p', { class: 'keys' }, t('digits.keys')), figure(t('digits.curve'), canvases[1])),
    h('div', { class: 'side' },
      h('table', {}, h('tbody', {}, h('tr', {}, h('td', {}, t('digits.loss')), h('td', {}, loss)), h('tr', {}, h('td', {}, t('digits.accuracy')), h('td', {}, accuracy)))),
      h('div', { class: 'controls' },
        slider({ name: 'hidden', min: 0, max: 40, step: 10, format: v => v === 0 ? t('linear') : v }, settings, changed),
        choice('rule', ['sgd', 'momentum', 'adam'], settings, changed),
        slider({ name: 'rate', min: 0.0005, max: 5, scale: 'log' }, settings, changed),
        pair(slider({ name: 'batch', min: 1, max: 256, scale: 'log', step: 'whole', format: v => v }, settings, changed),
          slider({ name: 'lambda', min: 0.00001, max: 1, scale: 'log' }, settings, changed)),
        pair(slider({ name: 'speed', min: 1, max: 300, scale: 'log', format: v => `${number(v, 2)}/s` }, settings, changed),
          slider({ name: 'seed', min: 1, max: 20 }, settings, changed)))));
  root.classList.add('digits');

  async function changed(name) {
    page.save();
    if (name === 'speed') return;
    if (name !== 'rate') return restart();
    try { await ask('digits', 'tune', { settings }); } catch (e) { page.failed(e); }
  }

  const restart = latest(async () => {
    player.playing = false;
    try {
      const result = await ask('digits', 'start', { settings });
      if (player.gone) return;
      history = { x: [], y: [] };
      canvases[0].style.aspectRatio = { 0: '5 / 2.35', 10: '5 / 2.35', 20: '5 / 4', 30: '8 / 4' }[settings.hidden] ?? '8 / 5';
      images.fit();
      take(result);
      if (strokes.length || image) await send();
      else await example();
      player.begin(0);
    } catch (e) { page.failed(e); }
  });

  function take(f) {
    last = f;
    show(loss, f.loss ?? NaN);
    if (f.loss == null) loss.textContent = '';
    if (f.diverged) { player.pause(); loss.textContent = t('diverged'); }
    accuracy.value = f.accuracy ?? '';
    accuracy.textContent = percent(f.accuracy);
    if (history.x.at(-1) !== f.tested) { history.x.push(f.tested); history.y.push(1 - f.accuracy); }
    const best = f.scores.indexOf(Math.max(...f.scores));
    scores.forEach((s, k) => {
      s.line.className = k === best ? 'best' : '';
      s.fill.style.width = `${100 * (f.probabilities[k] || 0)}%`;
      show(s.text, f.scores[k] ?? NaN, 3);
      if (!f.scores.length) s.text.textContent = '';
    });
    images.draw();
    curve.draw();
  }

  function paintTemplates(c, width, height) {
    if (!last) return;
    const n = last.templates.length, across = n < 30 ? 5 : 8, down = Math.ceil(n / across);
    const text = !settings.hidden, under = text ? 18 : 0, room = Math.min(width / across, height / down - under), size = room - (text ? 10 : 4);
    const inset = (width - across * room) / 2;
    const tones = ['minus', 'card', 'plus'].map(rgb);
    c.imageSmoothingEnabled = false;
    last.templates.forEach((packed, k) => {
      const x = inset + (k % across) * room + 4, y = Math.floor(k / across) * (room + under) + 2;
      c.drawImage(coloured(bytes(packed), tones), x, y, size, size);
      if (text) {
        c.fillStyle = colour('quiet');
        c.textAlign = 'center';
        c.fillText(String(k), x + size / 2, y + size + 15);
      }
    });
  }

  function paintCurve(c, width, height) {
    if (!history) return;
    chart(c, width, height, {
      x: { lo: 0, hi: Math.max(100, last.steps) }, y: { name: t('digits.errors'), lo: 0, hi: 1 },
      lines: [{ ...history, colour: colour('test') }],
    });
  }

  function paintPad(c, width) {
    c.imageSmoothingEnabled = false;
    if (image) c.drawImage(inked(image), 0, 0, width, width);
    paintStrokes(c, strokes, ([x, y]) => [x * width, y * width], width / 13);
    if (document.activeElement === canvas) {
      c.strokeStyle = pen ? colour('sgd') : colour('quiet');
      c.lineWidth = 2;
      c.strokeRect(at[0] * width - 6, at[1] * width - 6, 12, 12);
    }
  }

  function paintStrokes(c, all, map, thick) {
    c.strokeStyle = c.fillStyle = colour('ink');
    c.lineCap = c.lineJoin = 'round';
    c.lineWidth = thick;
    for (const stroke of all) {
      c.beginPath();
      stroke.forEach((p, i) => i ? c.lineTo(...map(p)) : c.moveTo(...map(p)));
      if (stroke.length === 1) c.lineTo(...map([stroke[0][0] + 0.001, stroke[0][1]]));
      c.stroke();
    }
  }

  /** Asks for the scores of what is drawn, moved to the middle and made as large as the examples. */
  const send = latest(async () => {
    const packed = image || small();
    try { take(await ask('digits', 'draw', { pixels: btoa(String.fromCharCode(...packed)) })); } catch (e) { page.failed(e); }
  });

  function small() {
    const c = new OffscreenCanvas(side, side).getContext('2d', { willReadFrequently: true });
    const xs = strokes.flat().map(p => p[0]), ys = strokes.flat().map(p => p[1]);
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const size = 17 / Math.max(right - left, bottom - top, 0.1);
    if (xs.length) paintStrokes(c, strokes, ([x, y]) => [side / 2 + (x - (left + right) / 2) * size, side / 2 + (y - (top + bottom) / 2) * size], 2.6);
    return c.getImageData(0, 0, side, side).data.filter((_, i) => i % 4 === 3);
  }

  async function example() {
    try {
      const e = await ask('digits', 'example', { number: next++ });
      strokes = [];
      image = bytes(e.pixels);
      label = t('digits.from').replace('#', e.label);
      source.textContent = label;
      take(e.frame);
      pad.draw();
    } catch (e) { page.failed(e); }
  }

  function clear() {
    strokes = [];
    image = null;
    source.textContent = '';
    pad.draw();
    send();
  }

  function begin(p) {
    if (image) { image = null; strokes = []; source.textContent = ''; }
    strokes.push([p]);
    pad.draw();
  }
  function go(p) {
    strokes.at(-1).push(p);
    pad.draw();
    send();
  }
  let held = null;
  canvas.addEventListener('pointerdown', e => {
    held = e.pointerId;
    try { canvas.setPointerCapture(held); } catch { /* a pointer that is already up */ }
    begin(place(canvas, e).map(v => v / pad.width));
    send();
  });
  canvas.addEventListener('pointermove', e => { if (held === e.pointerId) go(place(canvas, e).map(v => v / pad.width)); });
  for (const end of ['pointerup', 'pointercancel']) canvas.addEventListener(end, () => { held = null; });
  for (const turn of ['focus', 'blur']) canvas.addEventListener(turn, () => pad.draw());
  canvas.addEventListener('keydown', e => {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key];
    if (e.key === ' ') {
      e.preventDefault();
      pen = !pen;
      if (pen) begin([...at]);
      pad.draw();
    }
    if (e.key === 'Delete' || e.key === 'Backspace') clear();
    if (!move) return;
    e.preventDefault();
    at = at.map((v, i) => Math.max(0.04, Math.min(0.96, v + 0.04 * move[i])));
    pen ? go([...at]) : pad.draw();
  });

  restart();
  return { player, close() { player.close(); [pad, images, curve].forEach(s => s.close()); } };
}

/** Weights as colours: 128 is none, below it a blue, above it a red. */
function coloured(values, [minus, none, plus]) {
  const out = new ImageData(side, side);
  values.forEach((v, i) => {
    const part = Math.min(1, Math.abs(v - 128) / 127), to = v < 128 ? minus : plus;
    out.data.set([0, 1, 2].map(k => none[k] + (to[k] - none[k]) * part).concat(255), 4 * i);
  });
  return onCanvas(out);
}

function inked(values) {
  const ink = rgb('ink'), out = new ImageData(side, side);
  values.forEach((v, i) => out.data.set([...ink, v], 4 * i));
  return onCanvas(out);
}

function onCanvas(data) {
  const canvas = new OffscreenCanvas(side, side);
  canvas.getContext('2d').putImageData(data, 0, 0);
  return canvas;
}
