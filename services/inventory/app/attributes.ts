import { ValidateBy } from 'class-validator';

const ATTRIBUTES_MAX = 40;
const NAME_LENGTH_MAX = 40;
const VALUE_LENGTH_MAX = 200;

const isAttributes = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.keys(value).length <= ATTRIBUTES_MAX &&
  Object.entries(value).every(([name, it]) => name.length <= NAME_LENGTH_MAX && typeof it === 'string' && it.length <= VALUE_LENGTH_MAX);

/** Texts by name, as contracts have them. */
export const IsAttributes = () =>
  ValidateBy({
    name: 'isAttributes',
    validator: {
      validate: isAttributes,
      defaultMessage: () =>
        `$property holds at most ${ATTRIBUTES_MAX} texts of ${VALUE_LENGTH_MAX} characters, by names of ${NAME_LENGTH_MAX}`,
    },
  });
