// The race on a surface.
import { ask, latest, picture } from './engine.js';
import { h, slider, choice, toggle, pair, figure, show } from './dom.js';
import { Sheet, frame, shaded, spread, ramp, contour, chart, colour, line, disc, swatch, place } from './draw.js';
import { Player } from './player.js';
import { t, number } from './text.js';

export const defaults = {
  surface: 'quadratic', condition: 10, methods: ['gd', 'sgd', 'momentum', 'adam'], rate: 0.05, batch: 4, momentum: 0.9,
  levels: true, speed: 40, start: [], seed: 1,
};

/** The methods in the order in which they are drawn, with the dashes of their lines. */
const methods = {
  random: [2, 4], sgd: [], momentum: [], nesterov: [6, 3], adam: [10, 3, 2, 3], gd: [], numerical: [8, 6], newton: [1, 3],
};
/** The same in the order of the lecture. */
const listed = ['random', 'numerical', 'gd', 'sgd', 'momentum', 'nesterov', 'adam', 'newton'];
const live = ['rate', 'batch', 'momentum'];
const limit = 1000;
/** What suits most methods. */
const rates = { quadratic: 0.05, rosenbrock: 0.1, saddle: 0.05, basins: 0.05, network: 0.02 };

export function open(root, settings, page) {
  let ground, tracks = new Map();
  const canvas = h('canvas', { class: 'main', tabIndex: 0, role: 'img', 'aria-label': t('surface.canvas') });
  const charts = ['steps', 'examples'].map(() => h('canvas', { class: 'chart', role: 'img' }));
  charts.forEach((c, i) => c.setAttribute('aria-label', t(['surface.bySteps', 'surface.byExamples'][i])));
  const player = new Player({
    view: 'surface', speed: () => settings.speed, limit, frame: take, failed: page.failed, again: () => restart(),
  });
  const map = new Sheet(canvas, paintMap);
  const curves = charts.map((c, i) => new Sheet(c, (...args) => paintChart(i, ...args)));

  const cells = new Map();
  const table = h('table', { class: 'methods' },
    h('thead', {}, h('tr', {}, h('th', {}, t('method')), h('th', {}, t('loss')), h('th', {}, t('surface.angle')))),
    h('tbody', {}, ...listed.map(row)));
  const controls = h('div', { class: 'controls' });
  root.append(
    h('div', { class: 'stage' }, canvas, player.bar, h('p', { class: 'keys' }, t('surface.keys')),
      h('div', { class: 'charts' }, figure(t('surface.bySteps'), charts[0]), figure(t('surface.byExamples'), charts[1]))),
    h('div', { class: 'side' }, table, controls));

  function row(name) {
    const box = h('input', { type: 'checkbox', name: `method-${name}`, checked: settings.methods.includes(name), onchange() {
      settings.methods = Object.keys(methods).filter(m => m === name ? box.checked : settings.methods.includes(m));
      changed('methods');
    } });
    const loss = h('data', { 'data-of': name }), angle = h('td');
    const line = h('tr', {}, h('td', {}, h('label', { class: 'check' }, box, swatch(name, methods[name]), t(`method.${name}`))), h('td', {}, loss), angle);
    cells.set(name, { line, loss, angle });
    return line;
  }

  function showControls() {
    controls.replaceChildren(
      choice('surface', ['quadratic', 'rosenbrock', 'saddle', 'basins', 'network'], settings, changed),
      ...(settings.surface === 'quadratic' ? [slider({ name: 'condition', min: 1, max: 200, scale: 'log', format: v => number(v, 2) }, settings, changed)] : []),
      slider({ name: 'rate', min: 0.001, max: 2, scale: 'log' }, settings, changed),
      slider({ name: 'batch', min: 1, max: 64, format: v => v === 64 ? t('all') : v }, settings, changed),
      slider({ name: 'momentum', min: 0.05, max: 0.99, step: 0.01 }, settings, changed),
      slider({ name: 'speed', min: 1, max: 200, scale: 'log', format: v => `${number(v, 2)}/s` }, settings, changed),
      pair(slider({ name: 'seed', min: 1, max: 20 }, settings, changed), toggle('levels', settings, changed)));
  }

  async function changed(name) {
    page.save();
    if (name === 'surface') {
      settings.start = [];
      settings.rate = rates[settings.surface];
      showControls();
      page.save();
    }
    if (name === 'levels') return redraw();
    if (name === 'speed') return;
    if (!live.includes(name)) return restart();
    try { await ask('surface', 'tune', { settings }); } catch (e) { page.failed(e); }
  }

  const restart = latest(async () => {
    player.playing = false;
    try {
      const result = await ask('surface', 'start', { settings });
      if (player.gone) return;
      ground = result;
      ground.values = picture(ground.map);
      map.stale = true;
      tracks = new Map(settings.methods.map(m => [m, { u: [], v: [], loss: [], seen: [], diverged: false }]));
      take(ground.frame);
      player.begin(0);
    } catch (e) { page.failed(e); }
  });

  function take({ runners }) {
    for (const r of runners) {
      const to = tracks.get(r.method);
      if (!to) continue;
      for (let i = 0; i < (r.points || []).length; i += 2) { to.u.push(r.points[i]); to.v.push(r.points[i + 1]); }
      to.loss.push(...r.losses || []);
      to.seen.push(...r.examples || []);
      to.diverged = r.diverged;
      if (r.level || (r.points || []).length) to.level = r.level;
    }
    for (const [name, { line, loss, angle }] of cells) {
      const track = tracks.get(name);
      line.className = track ? '' : 'off';
      if (!track) { loss.value = loss.textContent = angle.textContent = ''; continue; }
      show(loss, track.loss.at(-1));
      if (track.diverged) loss.textContent = t('diverged');
      angle.textContent = track.level ? `${number(track.level.angle, 3)}°` : '';
    }
    redraw();
  }

  function redraw() {
    map.draw();
    curves.forEach(c => c.draw());
  }

  function paintMap(c, width, height, sheet) {
    if (!ground) return;
    if (sheet.stale || !sheet.kept) sheet.kept = relief(sheet);
    c.drawImage(sheet.kept, 0, 0, width, height);
    const f = frame(ground.box, width, height);
    for (const name of Object.keys(methods)) if (tracks.has(name)) paintTrack(c, f, tracks.get(name), name);
    if (settings.levels) for (const track of tracks.values()) if (track.level) paintLevel(c, f, track.level);
    const [x, y] = [f.x(ground.start[0]), f.y(ground.start[1])];
    c.lineWidth = 2;
    c.strokeStyle = colour('ink');
    line(c, x - 6, y, x + 6, y);
    line(c, x, y - 6, x, y + 6);
  }

  /** The surface from above, kept until the size or the colours change. */
  function relief({ canvas: { width, height }, scale }) {
    const kept = new OffscreenCanvas(width, height), c = kept.getContext('2d');
    const { values, size } = ground;
    const lo = Math.min(...values), hi = Math.max(...values), tone = ramp();
    const depth = 2.5; // lines are closer together at the bottom, where there is more to see
    spread(c, shaded(values, size, v => tone(((v - lo) / (hi - lo)) ** (1 / depth))), width, height);
    c.strokeStyle = colour('contour');
    c.lineWidth = 0.8 * scale;
    c.beginPath();
    for (let k = 1; k < 18; k++) contour(c, values, size, lo + (hi - lo) * (k / 18) ** depth, width, height);
    c.stroke();
    return kept;
  }

  function paintTrack(c, f, { u, v }, name) {
    c.strokeStyle = colour(name);
    c.lineWidth = 2.2;
    c.setLineDash(methods[name]);
    c.beginPath();
    for (let i = 0; i < u.length; i++) if (u[i] != null) c.lineTo(clip(f.x(u[i])), clip(f.y(v[i])));
    c.stroke();
    c.setLineDash([]);
    for (let i = Math.max(1, u.length - 120); i < u.length - 1; i++) disc(c, f.x(u[i]), f.y(v[i]), 2, colour(name));
    disc(c, f.x(u.at(-1)), f.y(v.at(-1)), 5.5, colour(name), colour('card'));
  }

  function paintLevel(c, f, { at, along }) {
    const [x, y] = [f.x(at[0]), f.y(at[1])];
    c.strokeStyle = colour('ink');
    c.lineWidth = 1.3;
    line(c, x - 22 * along[0], y + 22 * along[1], x + 22 * along[0], y - 22 * along[1]);
  }

  function paintChart(which, c, width, height) {
    if (!ground) return;
    const shown = [...tracks.values()];
    const lo = Math.min(...ground.values), first = shown[0]?.loss[0] ?? 1;
    const log = lo >= 0, lowest = log ? Math.max(1e-6, Math.min(0.1 * first, ...shown.map(s => Math.min(...s.loss.filter(l => l > 0))))) : lo - 0.05 * (first - lo);
    const high = Math.max(first * (log ? 3 : 1.2), first + 0.3 * (first - lowest));
    const X = which === 0 ? shown.map(s => s.loss.map((_, i) => i)) : shown.map(s => s.seen);
    const far = Math.max(10, ...X.map(x => x.at(-1) || 0));
    chart(c, width, height, {
      x: which === 0 ? { lo: 0, hi: far } : { lo: 1, hi: Math.max(far, 100), log: true },
      y: { name: t('loss'), lo: lowest, hi: high, log },
      lines: [...tracks].map(([name, s], i) => ({ x: X[i], y: s.loss.map(l => l ?? 1e300), colour: colour(name), dash: methods[name] })),
    });
  }

  canvas.addEventListener('click', e => { // and not where a finger begins to scroll
    if (!ground) return;
    begin(frame(ground.box, map.width, map.height).back(...place(canvas, e)));
  });
  canvas.addEventListener('keydown', e => {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[e.key];
    if (e.key === ' ') { e.preventDefault(); player.toggle(); }
    if (!move || !ground) return;
    e.preventDefault();
    const { left, right } = ground.box, far = (right - left) / 40;
    begin(ground.start.map((v, i) => v + far * move[i]));
  });
  function begin(at) {
    settings.start = at.map(v => +v.toFixed(3));
    page.save();
    restart();
  }

  showControls();
  restart();
  return { player, close() { player.close(); map.close(); curves.forEach(c => c.close()); } };
}

const clip = v => Math.max(-1e5, Math.min(1e5, v));
