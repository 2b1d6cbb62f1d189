// The player asks for steps at a pace, never for more before the last have come.
import { ask } from './engine.js';
import { h, button, show } from './dom.js';
import { t } from './text.js';

const calm = matchMedia('(prefers-reduced-motion: reduce)');
/** Milliseconds between pictures where motion is to be reduced. */
const calmPause = 500;

export class Player {
  /** Speed is a function: steps a second. Frame is called with each result; limit is the most steps. */
  constructor({ view, speed, frame, limit, failed, again }) {
    Object.assign(this, { view, speed, frame, limit, failed });
    this.steps = 0;
    this.playing = this.busy = this.gone = false;
    this.count = h('data', { 'data-of': 'steps' });
    this.playButton = button('', () => this.toggle(), { class: 'first', 'data-do': 'play' });
    this.bar = h('div', { class: 'bar' }, this.playButton,
      button(t('step'), () => { this.pause(); this.advance(1); }, { 'data-do': 'step' }),
      button(t('again'), again, { 'data-do': 'again' }),
      h('span', { class: 'count' }, t('steps'), ' ', this.count));
    this.label();
  }

  /** Begins to play, unless motion is to be reduced. */
  begin(steps) {
    this.steps = steps;
    this.label();
    if (!calm.matches) this.play();
  }

  toggle() { this.playing ? this.pause() : this.play(); }

  play() {
    if (this.steps >= this.limit || this.playing) return;
    this.playing = true;
    this.due = 0;
    this.last = performance.now();
    this.label();
    requestAnimationFrame(now => this.tick(now));
  }

  pause() {
    this.playing = false;
    this.label();
    this.paused?.();
  }

  close() { this.playing = false; this.gone = true; }

  async tick(now) {
    if (!this.playing) return;
    requestAnimationFrame(later => this.tick(later));
    if (this.busy || calm.matches && now - this.last < calmPause) return;
    const speed = this.speed();
    this.due = Math.min(this.due + Math.max(0, now - this.last) / 1000 * speed, Math.max(1, calm.matches ? speed : speed / 12));
    this.last = now;
    const steps = Math.min(Math.floor(this.due), this.limit - this.steps);
    if (steps < 1) return;
    this.due -= steps;
    await this.advance(steps);
    if (this.steps >= this.limit) this.pause();
  }

  async advance(steps) {
    if (this.busy) return;
    this.busy = true;
    try {
      const result = await ask(this.view, 'advance', { steps });
      if (this.gone) return;
      this.steps = result.steps;
      this.label();
      this.frame(result);
    } catch (e) {
      this.pause();
      this.failed(e);
    } finally {
      this.busy = false;
    }
  }

  label() {
    this.playButton.textContent = t(this.playing ? 'pause' : 'play');
    show(this.count, this.steps, 9);
  }
}
