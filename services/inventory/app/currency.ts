import { buildMessage, ValidateBy, type ValidationOptions } from 'class-validator';

/** ISO 4217, as this Node's own data has it. */
export const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

const REGION_NAMES = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });

/** What has a name in that data and is no country: unions, places for tests, `unknown`. */
const NO_COUNTRIES: ReadonlySet<string> = new Set(['EU', 'EZ', 'QO', 'UN', 'XA', 'XB', 'ZZ']);

/** A name of today: UK has one, too, and is written GB. */
const isCountry = (code: string): boolean =>
  REGION_NAMES.of(code) !== undefined && !NO_COUNTRIES.has(code) && Intl.getCanonicalLocales(`und-${code}`)[0] === `und-${code}`;

/** A country of ISO 3166 (its subdivision is taken as written), or `*`. */
export const isRegion = (value: unknown): boolean =>
  value === '*' || (typeof value === 'string' && /^[A-Z]{2}(-[A-Z0-9]{1,3})?$/.test(value) && isCountry(value.slice(0, 2)));

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
