import type { oas31 } from 'zod-openapi';

type Schema = oas31.SchemaObject | oas31.ReferenceObject | boolean;

const COMPONENT = '#/components/schemas/';

/** A JSON value as TypeScript writes it. */
const literal = (value: unknown): string => JSON.stringify(value);

const isName = (name: string): boolean => /^[A-Za-z_$][\w$]*$/.test(name);

/** A property's name, quoted where it must be. */
export const propertyName = (name: string): string => (isName(name) ? name : literal(name));

/** One line of a comment above what it is about; nothing where there is nothing to say. */
export function commentOf(text: string | undefined): string {
  if (text === undefined || text === '') return '';
  return `/** ${text.replaceAll('*/', '*\\/').replaceAll(/\s*\n\s*/g, ' ')} */\n`;
}

const bare = (type: string): string => type.replaceAll(/^\(+|\)+$/g, '');

function union(types: readonly string[]): string {
  // Where any text may stand, one of them says nothing more.
  const anyText = types.some((type) => bare(type) === 'string');
  const distinct = [...new Set(types.filter((type) => !anyText || !/^"[^"]*"$/.test(bare(type))))];
  return distinct.length === 0 ? 'never' : distinct.map((type) => `(${type})`).join(' | ');
}

function objectType(schema: oas31.SchemaObject): string {
  const { properties = {}, required = [], additionalProperties } = schema;
  const fields = Object.entries(properties).map(([name, property]) => {
    const says = 'description' in property ? commentOf(property.description) : '';
    const optional = required.includes(name);
    return `${says}readonly ${propertyName(name)}${optional ? '' : '?'}: ${typeOf(property)};`;
  });
  // Beside known fields the others are whatever they are: an index signature would have to fit them all.
  if (fields.length > 0) return `{\n${fields.join('\n')}\n}`;
  if (additionalProperties === false) return 'Readonly<Record<string, never>>';
  return `Readonly<Record<string, ${typeOf(additionalProperties ?? true)}>>`;
}

function arrayType(schema: oas31.SchemaObject): string {
  if (schema.prefixItems !== undefined) return `readonly [${schema.prefixItems.map(typeOf).join(', ')}]`;
  return `readonly (${typeOf(schema.items ?? true)})[]`;
}

function typeNamed(name: string, schema: oas31.SchemaObject): string {
  switch (name) {
    case 'string':
    case 'boolean':
    case 'null':
      return name;
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      return arrayType(schema);
    case 'object':
      return objectType(schema);
    default:
      throw new Error(`a schema has the type ${name}`);
  }
}

/** Each keyword of a schema that says something about the type. */
function partsOf(schema: oas31.SchemaObject): readonly string[] {
  if ('const' in schema) return [literal(schema.const)];
  if (schema.enum !== undefined) return [union(schema.enum.map(literal))];
  const { type, allOf = [] } = schema;
  const alternatives = schema.oneOf ?? schema.anyOf;
  return [
    ...(type === undefined ? [] : [union([type].flat().map((name) => typeNamed(name, schema)))]),
    ...allOf.map(typeOf),
    ...(alternatives === undefined ? [] : [union(alternatives.map(typeOf))]),
  ];
}

/**
 * The TypeScript type of what a JSON Schema allows, as far as types go: bounds and patterns are not types.
 *
 * @throws for a schema that no type is known for.
 */
export function typeOf(schema: Schema): string {
  if (typeof schema === 'boolean') return schema ? 'unknown' : 'never';
  if ('$ref' in schema && schema.$ref !== undefined) {
    if (!schema.$ref.startsWith(COMPONENT)) throw new Error(`a reference leads to ${schema.$ref}`);
    return schema.$ref.slice(COMPONENT.length);
  }
  // All of them hold at once; one that says nothing of the type, such as `required` alone, leaves it as it is.
  const parts = [...new Set(partsOf(schema as oas31.SchemaObject))].filter((part) => !isVague(part));
  return parts.length === 0 ? 'unknown' : parts.map((part) => `(${part})`).join(' & ');
}

const isVague = (type: string): boolean => /^\(?unknown\)?$/.test(type);
