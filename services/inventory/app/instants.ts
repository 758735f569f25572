import { buildMessage, ValidateBy } from 'class-validator';

/** ISO 8601 with its zone: a time without one would be another one at the supplier's. */
const INSTANT = /^(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/** In milliseconds; undefined for what is none. The 30th of February is a Monday in March to JavaScript, and no day to us. */
export function instantOf(text: unknown): number | undefined {
  const [, day] = (typeof text === 'string' && INSTANT.exec(text)) || [];
  const midnight = Date.parse(`${day}T00:00:00Z`);
  if (day === undefined || Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(day)) return undefined;
  return Date.parse(String(text));
}

export const IsInstant = (): PropertyDecorator =>
  ValidateBy({
    name: 'isInstant',
    validator: {
      validate: (value) => instantOf(value) !== undefined,
      defaultMessage: buildMessage((each) => `${each}$property must be an instant as 2027-01-31T00:00:00Z, with Z or an offset`),
    },
  });
