import { z } from 'zod';
import type { CreateDocumentOptions } from 'zod-openapi';

/** The schema at the end of a chain of transforms. */
function endOf(schema: z.core.$ZodTypes): z.core.$ZodTypes {
  const { def } = schema._zod;
  return def.type === 'pipe' ? endOf(def.out as z.core.$ZodTypes) : schema;
}

function beginningOf(schema: z.core.$ZodTypes): z.core.$ZodTypes {
  const { def } = schema._zod;
  return def.type === 'pipe' ? beginningOf(def.in as z.core.$ZodTypes) : schema;
}

/**
 * How schemas are shown where zod's own way would mislead. What is asked for is shown as it is sent, so a transform
 * is shown as its input, with one exception: digits in a path or a query that are read as a number are shown as that
 * number, because on the wire the two are the same, and the number's bounds are the true ones.
 */
export const showSchema: NonNullable<CreateDocumentOptions['override']> = ({ zodSchema, jsonSchema, io }) => {
  const { def } = zodSchema._zod;
  // A reply is made by us: `format` says it, and zod's patterns for dates and addresses fill half a page.
  if (io === 'output' && def.type === 'string' && 'format' in def && jsonSchema.format !== undefined)
    delete jsonSchema.pattern;
  if (io === 'input' && def.type === 'pipe') {
    const end = endOf(zodSchema);
    if (end._zod.def.type !== 'number' || beginningOf(zodSchema)._zod.def.type !== 'string') return;
    const { $schema: _dialect, ...number } = z.toJSONSchema(end, { io });
    delete jsonSchema.pattern;
    Object.assign(jsonSchema, number);
  }
};
