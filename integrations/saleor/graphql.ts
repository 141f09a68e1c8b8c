/**
 * As much of GraphQL as the shop's twin needs: operations with variables, arguments, aliases, nested selections and
 * inline fragments. Unknown fields are refused as Saleor does. No schema: the resolvers and the data are the schema.
 */

export type Arguments = Readonly<Record<string, unknown>>;

interface Field {
  readonly name: string;
  readonly alias: string;
  readonly arguments: Readonly<Record<string, Value>>;
  readonly selection: readonly Field[] | null;
  /** Set inside `... on <type>`: the field is skipped on objects of another `__typename`. */
  readonly on: string | null;
}

type Value =
  | { readonly kind: 'literal'; readonly value: unknown }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'list'; readonly items: readonly Value[] }
  | { readonly kind: 'object'; readonly fields: Readonly<Record<string, Value>> };

export interface Operation {
  readonly type: 'query' | 'mutation';
  readonly selection: readonly Field[];
}

/** The document is no valid query: HTTP 400 at Saleor. */
export class GraphqlSyntaxError extends Error {}

const token =
  /[\s,]*(?:#[^\n]*[\s,]*)*(\.\.\.|[A-Za-z_]\w*|-?\d+(?:\.\d+)?|"(?:[^"\\\n]|\\.)*"|[{}()[\]:!$=@|&])/y;

function tokenise(text: string): readonly string[] {
  const tokens: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const from = token.lastIndex;
    const match = token.exec(text);
    if (match?.[1] === undefined) {
      if (text.slice(from).trim() === '') break;
      throw new GraphqlSyntaxError('Syntax Error: Cannot parse the unexpected character.');
    }
    tokens.push(match[1]);
  }
  return tokens;
}

/** Reads a document with one operation. */
export function parseOperation(text: string): Operation {
  const tokens = tokenise(text);
  let at = 0;
  const peek = (): string | undefined => tokens[at];
  const next = (): string => {
    const found = tokens[at];
    if (found === undefined) throw new GraphqlSyntaxError('Syntax Error: Unexpected <EOF>.');
    at += 1;
    return found;
  };
  const expect = (wanted: string): void => {
    const found = next();
    if (found !== wanted)
      throw new GraphqlSyntaxError(`Syntax Error: Expected "${wanted}", found "${found}".`);
  };
  const name = (): string => {
    const found = next();
    if (!/^[A-Za-z_]/.test(found))
      throw new GraphqlSyntaxError(`Syntax Error: Expected Name, found "${found}".`);
    return found;
  };

  function value(): Value {
    const first = next();
    if (first === '$') return { kind: 'variable', name: name() };
    if (first === '[') {
      const items: Value[] = [];
      while (peek() !== ']') items.push(value());
      expect(']');
      return { kind: 'list', items };
    }
    if (first === '{') {
      const fields: Record<string, Value> = {};
      while (peek() !== '}') {
        const key = name();
        expect(':');
        fields[key] = value();
      }
      expect('}');
      return { kind: 'object', fields };
    }
    if (first.startsWith('"')) return { kind: 'literal', value: JSON.parse(first) };
    if (/^-?\d/.test(first)) return { kind: 'literal', value: Number(first) };
    if (first === 'true' || first === 'false') return { kind: 'literal', value: first === 'true' };
    if (first === 'null') return { kind: 'literal', value: null };
    // An enum value.
    if (/^[A-Za-z_]/.test(first)) return { kind: 'literal', value: first };
    throw new GraphqlSyntaxError(`Syntax Error: Unexpected "${first}".`);
  }

  function argumentsOf(): Record<string, Value> {
    const found: Record<string, Value> = {};
    if (peek() !== '(') return found;
    expect('(');
    while (peek() !== ')') {
      const key = name();
      expect(':');
      found[key] = value();
    }
    expect(')');
    return found;
  }

  function selection(on: string | null): readonly Field[] {
    expect('{');
    const fields: Field[] = [];
    while (peek() !== '}') {
      if (peek() === '...') {
        next();
        expect('on');
        fields.push(...selection(name()));
        continue;
      }
      const first = name();
      const aliased = peek() === ':';
      if (aliased) expect(':');
      const fieldName = aliased ? name() : first;
      const args = argumentsOf();
      const nested = peek() === '{' ? selection(null) : null;
      fields.push({ name: fieldName, alias: first, arguments: args, selection: nested, on });
    }
    expect('}');
    if (fields.length === 0) throw new GraphqlSyntaxError('Syntax Error: Expected Name, found "}".');
    return fields;
  }

  let type: Operation['type'] = 'query';
  if (peek() !== '{') {
    const keyword = name();
    if (keyword !== 'query' && keyword !== 'mutation')
      throw new GraphqlSyntaxError(`Syntax Error: Unexpected Name "${keyword}".`);
    type = keyword;
    if (peek() !== '{' && peek() !== '(') name();
    if (peek() === '(') while (next() !== ')') continue;
  }
  const fields = selection(null);
  if (at < tokens.length) throw new GraphqlSyntaxError('Syntax Error: one operation per document.');
  return { type, selection: fields };
}

function evaluate(value: Value, variables: Arguments): unknown {
  switch (value.kind) {
    case 'literal':
      return value.value;
    case 'variable':
      return variables[value.name];
    case 'list':
      return value.items.map((item) => evaluate(item, variables));
    case 'object':
      return evaluateAll(value.fields, variables);
  }
}

function evaluateAll(fields: Readonly<Record<string, Value>>, variables: Arguments): Arguments {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, evaluate(value, variables)]));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Cuts data down to what a selection asks for. */
function project(data: unknown, selection: readonly Field[] | null, path: string): unknown {
  if (data === null || data === undefined) return null;
  if (Array.isArray(data)) return data.map((item) => project(item, selection, path));
  if (!isRecord(data)) return data;
  if (!selection) throw new GraphqlSyntaxError(`Field "${path}" must have a selection of subfields.`);
  const picked: Record<string, unknown> = {};
  for (const field of selection) {
    if (field.on !== null && field.on !== data['__typename']) continue;
    if (!(field.name in data))
      throw new GraphqlSyntaxError(`Cannot query field "${field.name}" on "${path}".`);
    picked[field.alias] = project(data[field.name], field.selection, field.name);
  }
  return picked;
}

export type Resolver = (args: Arguments) => unknown;

/**
 * Runs an operation against one resolver per root field.
 * @throws {GraphqlSyntaxError} for a root field without a resolver, and for a field that the data does not have.
 */
export function runOperation(
  operation: Operation,
  resolvers: Readonly<Record<string, Resolver>>,
  variables: Arguments,
): Readonly<Record<string, unknown>> {
  const chosen = operation.selection.map((field) => {
    const resolver = Object.hasOwn(resolvers, field.name) ? resolvers[field.name] : undefined;
    if (!resolver)
      throw new GraphqlSyntaxError(
        `Cannot query field "${field.name}" on type "${operation.type === 'query' ? 'Query' : 'Mutation'}".`,
      );
    return { field, resolver };
  });
  return Object.fromEntries(
    chosen.map(({ field, resolver }) => [
      field.alias,
      project(resolver(evaluateAll(field.arguments, variables)), field.selection, field.name),
    ]),
  );
}
