// The page: its tabs, its languages, and the view that the address names.
import { start } from './engine.js';
import * as address from './address.js';
import { h } from './dom.js';
import { languages, speak, spoken, t } from './text.js';
import * as surface from './surface.js';
import * as classifier from './classifier.js';
import * as gradient from './gradient.js';
import * as digits from './digits.js';

const views = { surface, classifier, gradient, digits };
const message = document.getElementById('message');
let shown, kept = {};

function say(text, bad = false) {
  message.textContent = text;
  message.className = bad ? 'bad' : '';
}

function frame(current) {
  document.documentElement.lang = spoken() === 'pt' ? 'pt-BR' : 'en';
  document.title = `Declive: ${t(`${current}.title`)}`;
  document.getElementById('tabs').replaceChildren(...Object.keys(views).map(name =>
    h('a', { href: `#${name}`, ...(name === current ? { 'aria-current': 'page' } : {}) }, t(`${name}.tab`))));
  document.getElementById('languages').replaceChildren(...languages.map(l =>
    h('button', { type: 'button', lang: l, 'aria-pressed': String(l === spoken()), onclick: () => turn(l) }, l.toUpperCase())));
}

function open() {
  const { view, settings, language } = address.read(views);
  if (language) speak(language);
  const bare = !location.hash.includes('?');
  const used = bare && kept[view] || settings;
  kept[view] = used;
  const save = () => {
    say('');
    address.write(view, used, views[view].defaults, spoken());
  };
  save();
  frame(view);
  shown?.close();
  const root = h('div', { class: `view ${view}` });
  document.getElementById('view').replaceChildren(
    h('h1', {}, t(`${view}.title`)), h('p', { class: 'lead' }, t(`${view}.lead`)), root);
  shown = views[view].open(root, used, { save, failed: e => say(e.message, true) });
}

function turn(language) {
  speak(language);
  address.write(address.read(views).view, kept[address.read(views).view], views[address.read(views).view].defaults, language);
  open();
}

addEventListener('hashchange', open);
addEventListener('keydown', e => {
  if (e.key === ' ' && e.target === document.body || e.key === 'p' && e.altKey) {
    e.preventDefault();
    shown?.player?.toggle();
  }
});

speak(address.read(views).language || navigator.language);
frame(address.read(views).view);
say(t('loading'));
start().then(open, e => say(t(e.message === 'WebAssembly' ? 'missing' : 'broken') + (e.message === 'WebAssembly' ? '' : ` (${e.message})`), true));
