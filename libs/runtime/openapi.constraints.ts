import { getMetadataStorage } from 'class-validator';

type Class = abstract new (...args: never) => unknown;
type Schema = Readonly<Record<string, unknown>>;

/** Where @nestjs/swagger keeps what @ApiProperty says. */
const PROPERTIES = 'swagger/apiModelPropertiesArray';
const PROPERTY = 'swagger/apiModelProperties';

/**
 * Tells @nestjs/swagger what class-validator demands of bodies, queries and paths, so that a limit is declared once. What @ApiProperty says
 * itself stays. To be called before the document is made; returns the names of the classes that requests are made of.
 */
export function describeConstraints(controllers: readonly Class[]): ReadonlySet<string> {
  const seen = new Set<Class>();
  for (const { prototype } of controllers as readonly { prototype: object }[])
    for (const method of Object.getOwnPropertyNames(prototype))
      for (const type of (Reflect.getMetadata('design:paramtypes', prototype, method) ?? []) as unknown[]) describe(type, seen);
  return new Set([...seen].map((it) => it.name));
}

function describe(type: unknown, seen: Set<Class>): void {
  if (!isDto(type) || seen.has(type)) return;
  seen.add(type);
  const prototype = type.prototype as object;
  for (const entry of Reflect.getMetadata(PROPERTIES, prototype) as string[]) {
    const name = entry.slice(1);
    const said = Reflect.getMetadata(PROPERTY, prototype, name) as Schema;
    const { pattern, ...demanded } = constraintsOf(type, name);
    // TypeScript knows no integers
    const whole = said['type'] === Number && demanded['type'] === 'integer' && { type: 'integer' };
    // A number in a query is checked as the text that it is
    const text = said['type'] !== 'integer' && pattern !== undefined && { pattern };
    Reflect.defineMetadata(PROPERTY, { ...demanded, ...text, ...said, ...whole }, prototype, name);
    describe(said['type'], seen);
  }
}

const isDto = (type: unknown): type is Class =>
  typeof type === 'function' && typeof type.prototype === 'object' && Reflect.hasMetadata(PROPERTIES, type.prototype as object);

function constraintsOf(type: Class, property: string): Schema {
  const all = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  return Object.assign(
    {},
    ...all.filter((it) => it.propertyName === property).map((it) => schemaOf(it.name ?? '', it.constraints as unknown[])),
  ) as Schema;
}

/** One check of class-validator in the words of JSON Schema; of an array's items where it is theirs, since @nestjs/swagger moves it there. */
function schemaOf(check: string, [first, second]: readonly unknown[] = []): Schema {
  switch (check) {
    case 'isInt':
      return { type: 'integer' };
    case 'min':
      return { minimum: first };
    case 'max':
      return { maximum: first };
    case 'isLength':
      return { minLength: first, maxLength: second };
    case 'maxLength':
      return { maxLength: first };
    case 'matches':
      return first instanceof RegExp ? { pattern: patternOf(first) } : {};
    case 'isIso8601':
      return { format: 'date-time' };
    case 'isUrl':
      return { format: 'uri' };
    case 'arrayMinSize':
      return { minItems: first };
    case 'arrayNotEmpty':
      return { minItems: 1 };
    case 'arrayMaxSize':
      return { maxItems: first };
    case 'arrayUnique':
      return { uniqueItems: true };
    default:
      return {};
  }
}

/** Unicode's classes by their ranges, since few validators know their names; halves of characters are in no JSON that travels. */
const patternOf = ({ source }: RegExp): string => source.replaceAll('\\p{Cc}', '\\u0000-\\u001f\\u007f-\\u009f').replaceAll('\\p{Cs}', '');
