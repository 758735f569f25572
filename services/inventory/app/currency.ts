import { buildMessage, ValidateBy, type ValidationOptions } from 'class-validator';

/** ISO 4217, as this Node's own data has it. */
export const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

/** What has a name in that data and is no country: unions, places for tests, `unknown`. */
const NO_COUNTRIES: ReadonlySet<string> = new Set(['EU', 'EZ', 'QO', 'UN', 'XA', 'XB', 'ZZ']);

/** By their names of today: UK has one, too, and is written GB. Worked out once: to ask for one takes 5 us. */
const COUNTRIES = countries();

function countries(): ReadonlySet<string> {
  const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
  const isToday = (it: string): boolean => names.of(it) !== undefined && Intl.getCanonicalLocales(`und-${it}`)[0] === `und-${it}`;
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  const codes = letters.flatMap((a) => letters.map((b) => a + b));
  return new Set(codes.filter((it) => isToday(it) && !NO_COUNTRIES.has(it)));
}

/** A country of ISO 3166 (its subdivision is taken as written), or `*`. */
export const isRegion = (value: unknown): boolean =>
  value === '*' || (typeof value === 'string' && /^[A-Z]{2}(-[A-Z0-9]{1,3})?$/.test(value) && COUNTRIES.has(value.slice(0, 2)));

export const IsCurrency = (options?: ValidationOptions): PropertyDecorator =>
  ValidateBy(
    {
      name: 'isCurrency',
      validator: {
        validate: (value) => typeof value === 'string' && CURRENCIES.has(value),
        defaultMessage: buildMessage((each) => `${each}$property must be a currency of ISO 4217`, options),
      },
    },
    options,
  );

export const IsRegion = (options?: ValidationOptions): PropertyDecorator =>
  ValidateBy(
    {
      name: 'isRegion',
      validator: {
        validate: isRegion,
        defaultMessage: buildMessage((each) => `${each}$property must be a region of ISO 3166, or *`, options),
      },
    },
    options,
  );
