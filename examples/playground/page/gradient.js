// The gradient check.
import { ask, latest } from './engine.js';
import { h, slider, choice, toggle, pair, figure, show } from './dom.js';
import { Sheet, chart, colour, disc, scale } from './draw.js';
import { Player } from './player.js';
import { t, number } from './text.js';

export const defaults = { loss: 'softmax', lambda: 0.01, exponent: -5, central: true, fault: 'none', rate: 0.2, speed: 40, seed: 1 };
const limit = 500;
const dashes = { forward: [8, 4], central: [], float32: [2, 3] };

export function open(root, settings, page) {
  let verdict, losses;
  const player = new Player({
    view: 'gradient', speed: () => settings.speed, limit, frame: take, failed: page.failed, again: () => restart(),
  });
  player.paused = () => judge();
  const canvases = ['gradient.byH', 'gradient.byStep'].map(name => h('canvas', { class: 'chart', role: 'img', 'aria-label': t(name) }));
  const sheets = [new Sheet(canvases[0], paintErrors), new Sheet(canvases[1], paintLoss)];
  const body = h('tbody'), loss = h('data', { 'data-of': 'loss' }), error = h('data', { 'data-of': 'error' });
  const head = h('tr');
  const says = h('div', { class: 'verdict', role: 'status' });
  const controls = h('div', { class: 'controls' });
  root.append(
    h('div', { class: 'stage' },
      h('div', { class: 'scroll' }, h('table', { class: 'weights' }, h('thead', {}, head), body)),
      h('div', { class: 'bar' }, h('span', {}, t('loss'), ' ', loss), h('span', { class: 'count' }, t('gradient.distance'), ' ', error)),
      says, player.bar, h('p', { class: 'keys' }, t('gradient.keys')),
      h('div', { class: 'charts' }, figure(t('gradient.byH'), canvases[0], t('gradient.hCaption')), figure(t('gradient.byStep'), canvases[1]))),
    h('div', { class: 'side' }, controls));

  function showControls() {
    controls.replaceChildren(
      slider({ name: 'exponent', min: -15, max: -1, step: 0.25, format: v => scale(+(10 ** v).toPrecision(2)) }, settings, changed),
      toggle('central', settings, changed),
      choice('fault', ['none', 'sum', 'decay', 'transposed', 'bias', 'sign'], settings, changed),
      pair(choice('loss', ['softmax', 'hinge'], settings, changed), slider({ name: 'lambda', min: 0.0001, max: 1, scale: 'log' }, settings, changed)),
      pair(slider({ name: 'rate', min: 0.001, max: 3, scale: 'log' }, settings, changed), slider({ name: 'seed', min: 1, max: 20 }, settings, changed)));
  }

  const sent = () => ({ settings: { ...settings, h: 10 ** settings.exponent } });

  async function changed(name) {
    page.save();
    if (['loss', 'lambda', 'seed'].includes(name)) return restart();
    try {
      showRows(await ask('gradient', 'tune', sent()));
      if (!player.playing) await judge();
    } catch (e) { page.failed(e); }
  }

  const restart = latest(async () => {
    player.playing = false;
    try {
      const result = await ask('gradient', 'start', sent());
      if (player.gone) return;
      losses = { x: [], y: [] };
      judged(result);
      losses.x.push(0);
      losses.y.push(result.frame.loss);
      player.steps = 0;
      player.label();
      sheets.forEach(s => s.draw());
    } catch (e) { page.failed(e); }
  });

  /** Asks the checker. */
  const judge = latest(async () => {
    if (!verdict || player.gone) return;
    try {
      const result = await ask('gradient', 'verdict');
      if (!player.gone) judged(result);
    } catch (e) { page.failed(e); }
  });

  function judged(result) {
    verdict = result;
    showRows(result.frame);
    says.className = result.ok ? 'verdict' : 'verdict bad';
    says.replaceChildren(
      h('p', {}, result.ok ? t('gradient.right') : t('gradient.wrong').replace('#', `${result.wrong}/${result.of}`)),
      ...(result.ok ? [] : [h('pre', {}, [result.cause, result.blame].filter(Boolean).join('\n') || result.report)]));
    sheets[0].draw();
  }

  function take(f) {
    losses.x.push(f.steps);
    losses.y.push(f.loss);
    showRows(f);
    sheets[1].draw();
  }

  function showRows(f) {
    show(loss, f.loss, 8);
    show(error, f.error, 2);
    head.replaceChildren(...['weight', settings.central ? 'plusH' : 'plusHF', settings.central ? 'minusH' : 'here', 'numerical', 'analytic', 'difference']
      .map(k => h('th', { scope: 'col' }, t(`gradient.${k}`))));
    body.replaceChildren(...f.rows.map(r => {
      const difference = r.numerical - r.analytic, bad = Math.abs(difference) > 1e-3 * Math.max(Math.abs(r.numerical), Math.abs(r.analytic), 1e-3);
      return h('tr', bad ? { class: 'bad' } : {},
        h('td', {}, `W${'₀₁₂'[r.row]}${'₀₁₂₃'[r.column]} = ${fixed(r.weight, 3)}`), h('td', {}, fixed(r.above, 8)), h('td', {}, fixed(r.below, 8)),
        h('td', {}, fixed(r.numerical, 5)), h('td', {}, fixed(r.analytic, 5)), h('td', {}, `${bad ? '✗ ' : ''}${number(difference, 2)}`));
    }));
  }

  function paintErrors(c, width, height) {
    if (!verdict) return;
    chart(c, width, height, {
      x: { name: 'h', lo: 1e-15, hi: 1e-1, log: true },
      y: { name: t('gradient.relative'), lo: 1e-12, hi: 10, log: true },
      marks: [{ x: 10 ** settings.exponent, colour: colour('ink') }],
      lines: verdict.curves.map(k => ({ x: k.h, y: k.error, colour: colour(k.formula), dash: dashes[k.formula] })),
    });
    c.textAlign = 'left';
    verdict.curves.forEach((k, i) => {
      disc(c, 56, height - 78 + 16 * i, 4, colour(k.formula));
      c.fillStyle = colour('ink');
      c.fillText(t(`gradient.${k.formula}`), 66, height - 73.5 + 16 * i);
    });
  }

  function paintLoss(c, width, height) {
    if (!losses) return;
    const y = losses.y.filter(v => v != null), lo = Math.min(...y), hi = Math.max(...y);
    chart(c, width, height, {
      x: { lo: 0, hi: Math.max(20, losses.x.at(-1)) },
      y: { name: t('loss'), lo: Math.min(lo, 0), hi: Math.max(hi, lo + 0.1) * 1.1 },
      lines: [{ ...losses, colour: colour('train'), end: true }],
    });
  }

  showControls();
  restart();
  return { player, close() { player.close(); sheets.forEach(s => s.close()); } };
}

const fixed = (v, digits) => v == null ? '∞' : number(v, digits, true);
