// The address keeps the settings: #view?name=value&…, only those that are not as at
// first.

/** The view and its settings, with those of defaults where the address is silent. */
export function read(views) {
  const [name, query] = location.hash.slice(1).split('?');
  const view = name in views ? name : 'surface';
  const given = new URLSearchParams(query || '');
  const settings = structuredClone(views[view].defaults);
  for (const [key, value] of given) {
    if (key in settings) settings[key] = parse(value, settings[key]);
  }
  return { view, settings, language: given.get('lang') };
}

/** Writes them, without a new entry in the history. */
export function write(view, settings, defaults, language) {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(settings)) {
    if (text(value) !== text(defaults[key])) query.set(key, text(value));
  }
  query.set('lang', language);
  history.replaceState(null, '', `#${view}?${query}`);
}

const text = v => Array.isArray(v) ? v.map(x => Array.isArray(x) ? x.join('_') : x).join('*') : String(v);

// A value has the type of its default. Lists are of names, numbers or lists of them.
function parse(value, like) {
  if (Array.isArray(like)) return value === '' ? [] : value.split('*').map(x => x.includes('_') ? x.split('_').map(Number) : word(x));
  if (typeof like === 'boolean') return value === 'true';
  if (typeof like === 'number') return Number.isFinite(+value) ? +value : like;
  return value;
}

const word = x => x !== '' && Number.isFinite(+x) ? +x : x;
