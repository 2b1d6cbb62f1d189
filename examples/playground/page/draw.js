// Drawing: canvases that follow the page's size and colours, maps and charts.
import { number, power } from './text.js';

/** The value of a colour of the page. */
export const colour = name => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** Its red, green and blue, 0 to 255. */
export const rgb = name => {
  const n = parseInt(colour(name).slice(1), 16);
  return [n >> 16, n >> 8 & 255, n & 255];
};

/** A canvas that paint fills, again when its size or the colours change. */
export class Sheet {
  constructor(canvas, paint) {
    this.canvas = canvas;
    this.paint = paint;
    this.watch = new ResizeObserver(() => this.fit());
    this.watch.observe(canvas);
    this.scheme = matchMedia('(prefers-color-scheme: dark)');
    this.turned = () => { this.stale = true; this.draw(); };
    this.scheme.addEventListener('change', this.turned);
  }

  close() {
    this.watch.disconnect();
    this.scheme.removeEventListener('change', this.turned);
  }

  fit() {
    const { width, height } = this.canvas.getBoundingClientRect();
    const scale = devicePixelRatio || 1;
    if (this.canvas.width !== Math.round(width * scale) || this.canvas.height !== Math.round(height * scale)) {
      this.canvas.width = Math.round(width * scale);
      this.canvas.height = Math.round(height * scale);
      this.stale = true; // what was kept of another size
    }
    Object.assign(this, { width, height, scale });
    this.draw();
  }

  /** Paints with lengths in pixels of the page. */
  draw() {
    if (!this.width) return;
    const c = this.canvas.getContext('2d');
    c.setTransform(this.scale, 0, 0, this.scale, 0, 0);
    c.clearRect(0, 0, this.width, this.height);
    c.font = `13px ${getComputedStyle(document.body).fontFamily}`;
    c.lineJoin = 'round';
    this.paint(c, this.width, this.height, this);
    this.stale = false;
  }
}

/** The map from a box to a rectangle of the canvas. */
export function frame(box, width, height) {
  const sx = width / (box.right - box.left), sy = height / (box.top - box.bottom);
  return {
    x: v => (v - box.left) * sx, y: v => height - (v - box.bottom) * sy,
    back: (px, py) => [box.left + px / sx, box.bottom + (height - py) / sy],
  };
}

/** An image of n·n values from the bottom up, each a colour by shade: [r, g, b, a]. */
export function shaded(values, n, shade) {
  const image = new ImageData(n, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) image.data.set(shade(values[i * n + j]), 4 * ((n - 1 - i) * n + j));
  }
  const canvas = new OffscreenCanvas(n, n);
  canvas.getContext('2d').putImageData(image, 0, 0);
  return canvas;
}

/** Stretches such an image: its outer points lie on the edges. */
export function spread(c, image, width, height) {
  const n = image.width, dx = width / (n - 1) / 2, dy = height / (n - 1) / 2;
  c.imageSmoothingEnabled = true;
  c.drawImage(image, -dx, -dy, width + 2 * dx, height + 2 * dy);
}

/** Shades between the two colours of a map, for 0 to 1. */
export function ramp() {
  const low = rgb('map-low'), high = rgb('map-high');
  return v => [0, 1, 2].map(k => low[k] + (high[k] - low[k]) * Math.min(1, Math.max(0, v))).concat(255);
}

/** Adds the level curve of n·n values to the path (marching squares). */
export function contour(c, values, n, level, width, height) {
  const X = j => j * width / (n - 1), Y = i => height - i * height / (n - 1);
  const cut = (a, b) => (level - a) / (b - a);
  for (let i = 0; i + 1 < n; i++) {
    for (let j = 0; j + 1 < n; j++) {
      const a = values[i * n + j], b = values[i * n + j + 1], d = values[i * n + n + j], e = values[i * n + n + j + 1];
      const points = [];
      if (a < level !== b < level) points.push([X(j + cut(a, b)), Y(i)]);
      if (b < level !== e < level) points.push([X(j + 1), Y(i + cut(b, e))]);
      if (d < level !== e < level) points.push([X(j + cut(d, e)), Y(i + 1)]);
      if (a < level !== d < level) points.push([X(j), Y(i + cut(a, d))]);
      for (let k = 0; k + 1 < points.length; k += 2) {
        c.moveTo(...points[k]);
        c.lineTo(...points[k + 1]);
      }
    }
  }
}

const nice = span => {
  const p = 10 ** Math.floor(Math.log10(span));
  return [1, 2, 5, 10].map(f => f * p).find(s => span / s <= 1.0001);
};

/** Ticks of an axis from lo to hi, not many. */
function ticks(lo, hi, log, most) {
  if (log) {
    const from = Math.ceil(Math.log10(lo) - 1e-9), to = Math.floor(Math.log10(hi) + 1e-9), every = Math.max(1, Math.ceil((to - from) / most));
    if (to > from) return Array.from({ length: Math.floor((to - from) / every) + 1 }, (_, i) => 10 ** (from + i * every));
    if (to === from && hi / lo > 4) return [10 ** from];
    return [lo, hi].map(v => +v.toPrecision(2));
  }
  const step = nice((hi - lo) / most), out = [];
  for (let v = Math.ceil(lo / step - 1e-9) * step; v <= hi + step * 1e-6; v += step) out.push(Math.abs(v) < step * 1e-6 ? 0 : v);
  return out;
}

/** A power of ten reads better than zeros. */
export function scale(v) {
  const e = Math.round(Math.log10(Math.abs(v)));
  return v > 0 && Math.abs(Math.log10(v) - e) < 1e-9 && (e < -2 || e > 3) ? power(e) : number(v, 3);
}

/** A chart of lines: {x, y, colour, dash, width, end}; end puts a disc there. Axes are {name, log, lo, hi}. */
export function chart(c, width, height, { x, y, lines, marks = [] }) {
  const edge = { left: 46, right: 12, top: 24, bottom: 26 };
  const w = width - edge.left - edge.right, h = height - edge.top - edge.bottom;
  const X = v => edge.left + w * along(x, v), Y = v => edge.top + h * (1 - along(y, v));
  c.lineWidth = 1;
  c.strokeStyle = colour('rule');
  c.fillStyle = colour('quiet');
  c.textBaseline = 'middle';
  c.textAlign = 'right';
  for (const v of ticks(y.lo, y.hi, y.log, Math.max(2, Math.floor(h / 38)))) {
    line(c, edge.left, Y(v), edge.left + w, Y(v));
    c.fillText(scale(v), edge.left - 6, Y(v));
  }
  c.textBaseline = 'top';
  for (const v of ticks(x.lo, x.hi, x.log, Math.max(2, Math.floor(w / 74)))) {
    c.textAlign = 'center';
    if (X(v) > width - 22) c.textAlign = 'right';
    c.fillText(scale(v), c.textAlign === 'right' ? edge.left + w + 6 : X(v), edge.top + h + 7);
  }
  c.textBaseline = 'alphabetic';
  c.textAlign = 'left';
  c.fillText(y.name, 0, 13);
  c.textAlign = 'right';
  c.fillText(x.name || '', edge.left + w, edge.top + h - 6);
  c.save();
  c.beginPath();
  c.rect(edge.left - 5, edge.top - 2, w + 10, h + 4);
  c.clip();
  for (const m of marks) {
    c.strokeStyle = m.colour;
    c.setLineDash([]);
    line(c, X(m.x), edge.top, X(m.x), edge.top + h);
  }
  for (const l of lines) {
    c.strokeStyle = l.colour;
    c.lineWidth = l.width || 2;
    c.setLineDash(l.dash || []);
    c.beginPath();
    let pen = false;
    const every = Math.max(1, Math.floor(l.x.length / (2 * w)));
    for (let i = 0; i < l.x.length; i += every) {
      const v = l.y[i];
      if (v == null || y.log && v <= 0 || x.log && l.x[i] <= 0) { pen = false; continue; }
      pen ? c.lineTo(X(l.x[i]), Y(v)) : c.moveTo(X(l.x[i]), Y(v));
      pen = true;
    }
    c.stroke();
    if (l.end) disc(c, X(l.x.at(-1)), Y(l.y.at(-1)), 4, l.colour);
  }
  c.restore();
  c.setLineDash([]);
}

/** The part of an axis, 0 to 1, at which a value lies; a line that leaves it stays near. */
function along({ lo, hi, log }, v) {
  const at = log ? Math.log(Math.max(v, 1e-300) / lo) / Math.log(hi / lo) : (v - lo) / (hi - lo);
  return Math.max(-2, Math.min(3, at));
}

export function line(c, x1, y1, x2, y2) {
  c.beginPath();
  c.moveTo(x1, y1);
  c.lineTo(x2, y2);
  c.stroke();
}

export function disc(c, x, y, r, fill, edge) {
  c.beginPath();
  c.arc(x, y, r, 0, 2 * Math.PI);
  c.fillStyle = fill;
  c.fill();
  if (edge) {
    c.strokeStyle = edge;
    c.lineWidth = 1.5;
    c.stroke();
  }
}

/** A sample of a line, for a legend. */
export function swatch(name, dash) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'swatch');
  svg.setAttribute('viewBox', '0 0 30 10');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(svg.namespaceURI, 'path');
  path.setAttribute('d', 'M1 5H29');
  path.setAttribute('stroke', `var(--${name})`);
  path.setAttribute('stroke-width', '3');
  path.setAttribute('stroke-dasharray', dash.join(' '));
  svg.append(path);
  return svg;
}

/** The place of a pointer in a canvas. */
export function place(canvas, e) {
  const r = canvas.getBoundingClientRect();
  return [e.clientX - r.left, e.clientY - r.top];
}
