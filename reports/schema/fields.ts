import * as v from 'valibot';

/** The model's lists are readonly, and so is what comes out of the parser. */
export function list<const Item extends v.GenericSchema>(item: Item) {
  return v.pipe(v.array(item), v.readonly());
}

export function text() {
  return v.pipe(v.string(), v.minLength(1));
}

/** `Date.prototype.toISOString`. */
export function instant() {
  return v.pipe(v.string(), v.isoTimestamp());
}

/** JSON.parse makes Infinity of 1e999, and no figure is that. */
export function figure() {
  return v.pipe(v.number(), v.finite());
}

export function amount() {
  return v.pipe(v.number(), v.finite(), v.minValue(0));
}

/** Whole numbers; histograms count beyond 2^31, never beyond 2^53. */
export function count() {
  return v.pipe(v.number(), v.integer(), v.minValue(0));
}

/** Of one: a probability, a coverage. */
export function share() {
  return v.pipe(v.number(), v.minValue(0), v.maxValue(1));
}
