// What the page says, in English and in Brazilian Portuguese.
import { en } from './text.en.js';
import { pt } from './text.pt.js';

const texts = { en, pt };
export const languages = Object.keys(texts);
let language = 'en';

/** Chooses a language by its tag; English for one that is not there. */
export function speak(tag) {
  const wanted = String(tag).slice(0, 2).toLowerCase();
  language = wanted in texts ? wanted : 'en';
}

export const spoken = () => language;

/** The text of a key. */
export const t = key => texts[language][key] ?? texts.en[key] ?? key;

/** A number with so many significant digits, or decimals if fixed. */
export function number(v, digits, fixed = false) {
  if (!Number.isFinite(v)) return '';
  const tag = language === 'pt' ? 'pt-BR' : 'en';
  const size = Math.abs(v);
  if (!fixed && v !== 0 && (size < 1e-3 || size >= 1e7)) {
    return v.toExponential(Math.max(0, digits - 1)).replace('+', '').replace('.', language === 'pt' ? ',' : '.').replace('-', '−').replace('e-', 'e−');
  }
  const how = fixed ? { minimumFractionDigits: digits, maximumFractionDigits: digits } : { maximumSignificantDigits: digits };
  return new Intl.NumberFormat(tag, { useGrouping: size >= 1e4, ...how }).format(v).replace('-', '−');
}
