import { IsISO8601, Length, Matches, ValidateBy } from 'class-validator';

type Decorate = (target: object, property: string) => void;

const allOf =
  (...checks: readonly PropertyDecorator[]): Decorate =>
  (target, property) => {
    for (const it of checks) it(target, property);
  };

/**
 * Text that a person could have typed: the database keeps no NUL and no half of a character, and a log line stays one line. Characters are
 * counted as the facts' schemas count them, so that what passes here passes there.
 */
export const IsText = (most: number): Decorate =>
  Matches(new RegExp(`^[^\\p{Cc}\\p{Cs}]{1,${most}}$`, 'u'), {
    message: `$property must be a text of 1 to ${most} characters, without control characters`,
  });

/** Letters, digits, dots, dashes and underscores: an id is a part of other ids, and of paths. */
export const IsId = (most: number): Decorate =>
  allOf(Matches(/^[A-Za-z0-9._-]+$/, { message: '$property: letters, digits, dots, dashes, underscores' }), Length(1, most));

export const IsSku = (): Decorate => IsId(80);

/** UTC only: a time without a zone would mean another instant on another machine. */
export const IsInstant = (): Decorate =>
  allOf(IsISO8601({ strict: true }), Matches(/T.*Z$/, { message: '$property must be UTC, like 2026-12-01T00:00:00Z' }));

export const IsCurrency = (): Decorate => allOf(Matches(/^[A-Z]{3}$/, { message: '$property: ISO 4217, like CNY' }));

/** A country or a part of it, as orders name it. */
export const IsRegion = (): Decorate =>
  allOf(Matches(/^[A-Z]{2}(-[A-Z0-9]{1,3})?$/, { message: '$property: ISO 3166 codes, like CN or CN-31' }));

/** At most so many names with texts, as products carry them. */
export const IsAttributes = (most: number): PropertyDecorator =>
  ValidateBy({
    name: 'isAttributes',
    validator: {
      validate: (it: unknown) =>
        typeof it === 'object' &&
        it !== null &&
        !Array.isArray(it) &&
        Object.keys(it).length <= most &&
        Object.entries(it).every(([name, value]) => isShort(name, 40) && isShort(value, 200)),
      defaultMessage: () => `$property must be at most ${most} names with texts`,
    },
  });

const isShort = (it: unknown, most: number): boolean => typeof it === 'string' && it.length <= most && /^[^\p{Cc}]*$/u.test(it);
