// Elements, and the controls that change settings.
import { t, number } from './text.js';

/** An element with properties and children. */
export function h(tag, properties = {}, ...children) {
  const e = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith('on')) e.addEventListener(key.slice(2), value);
    else if (key.includes('-') || key === 'role') e.setAttribute(key, value);
    else if (key === 'class') e.className = value;
    else e[key] = value;
  }
  e.append(...children.filter(c => c != null));
  return e;
}

/** A number that programs read in full and people rounded. */
export function show(e, value, digits = 4) {
  e.value = value == null ? '' : String(value);
  e.textContent = value == null ? '∞' : number(value, digits);
}

/** A slider. Scale is 'log' where every step is a factor. */
export function slider({ name, min, max, step = 1, scale, format = v => number(v, 3) }, settings, changed) {
  const log = scale === 'log';
  const shown = h('output', {});
  const input = h('input', {
    type: 'range', name, min: log ? Math.log10(min) : min, max: log ? Math.log10(max) : max, step: log ? 0.05 : step,
    oninput() {
      const v = log ? 10 ** +input.value : +input.value;
      settings[name] = log && step === 'whole' ? Math.round(v) : +v.toPrecision(log ? 3 : 12);
      label();
      changed(name);
    },
  });
  const label = () => {
    shown.textContent = format(settings[name]);
    input.setAttribute('aria-valuetext', shown.textContent);
  };
  input.value = log ? Math.log10(settings[name]) : settings[name];
  label();
  return h('label', { class: 'control' }, h('span', {}, t(`set.${name}`)), shown, input);
}

/** A choice among names. */
export function choice(name, options, settings, changed) {
  const select = h('select', { name, onchange() { settings[name] = select.value; changed(name); } },
    ...options.map(o => h('option', { value: o, selected: o === settings[name] }, t(`${name}.${o}`))));
  return h('label', { class: 'control' }, h('span', {}, t(`set.${name}`)), h('span'), select);
}

/** A switch. */
export function toggle(name, settings, changed) {
  const box = h('input', { type: 'checkbox', name, checked: settings[name], onchange() { settings[name] = box.checked; changed(name); } });
  return h('label', { class: 'check' }, box, t(`set.${name}`));
}

export const pair = (...controls) => h('div', { class: 'pair' }, ...controls);
export const figure = (title, canvas, caption) => h('figure', {}, title && h('h2', {}, title), canvas, caption && h('figcaption', {}, caption));
export const button = (text, onclick, more = {}) => h('button', { type: 'button', onclick, ...more }, text);
