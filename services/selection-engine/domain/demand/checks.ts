/** Why a number cannot be worked with. The edges refuse such input with a problem; here it would become a wrong number. */
export type DemandCode = 'not-finite' | 'negative' | 'out-of-range' | 'empty' | 'too-long';

/** A number that cannot be true: its name is `field`. */
export class InvalidDemand extends RangeError {
  constructor(
    readonly code: DemandCode,
    readonly field: string,
    readonly value: unknown,
  ) {
    super(`${field} is ${String(value)}: ${code}`);
    this.name = 'InvalidDemand';
  }
}

/** @throws InvalidDemand */
export function finite(field: string, value: number): number {
  if (!Number.isFinite(value)) throw new InvalidDemand('not-finite', field, value);
  return value;
}

/** Finite and at least 0. @throws InvalidDemand */
export function amount(field: string, value: number): number {
  if (finite(field, value) < 0) throw new InvalidDemand('negative', field, value);
  return value;
}

/** Finite and above 0. @throws InvalidDemand */
export function positive(field: string, value: number): number {
  if (amount(field, value) === 0) throw new InvalidDemand('out-of-range', field, value);
  return value;
}

/** In [0, 1]. @throws InvalidDemand */
export function share(field: string, value: number): number {
  if (amount(field, value) > 1) throw new InvalidDemand('out-of-range', field, value);
  return value;
}

/** Every count finite and at least 0, and no more of them than `most`. @throws InvalidDemand */
export function counts(field: string, values: readonly number[], most: number): readonly number[] {
  if (values.length > most) throw new InvalidDemand('too-long', field, values.length);
  values.forEach((it, n) => amount(`${field}[${n}]`, it));
  return values;
}
