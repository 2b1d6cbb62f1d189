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

/** A power of ten. */
export const power = e => `10${String(e).replace(/./g, d => '⁰¹²³⁴⁵⁶⁷⁸⁹'[d] ?? '⁻')}`;

/** A number with so many significant digits, or decimals if fixed. */
export function number(v, digits, fixed = false) {
  if (!Number.isFinite(v)) return '';
  const tag = language === 'pt' ? 'pt-BR' : 'en';
  const size = Math.abs(v);
  if (!fixed && v !== 0 && (size < 1e-3 || size >= 1e7)) {
    const e = Math.floor(Math.log10(size)), mantissa = number(v / 10 ** e, digits);
    return mantissa === '1' ? power(e) : `${mantissa}·${power(e)}`;
  }
  const how = fixed ? { minimumFractionDigits: digits, maximumFractionDigits: digits } : { maximumSignificantDigits: digits };
  return new Intl.NumberFormat(tag, { useGrouping: size >= 1e4, ...how }).format(v).replace('-', '−');
}

/** A part of the whole, nothing for none. */
export const percent = v => v == null ? '' : `${number(100 * v, 3)} %`;
