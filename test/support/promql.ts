import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

/** One metric in an expression, with the labels that it is asked for. */
export interface Asked {
  readonly metric: string;
  /** Those in its own braces, and those that whatever stands around it groups by. */
  readonly labels: readonly string[];
}

/** Grafana's own variables, as a length of time. */
const filledIn = (expression: string): string => expression.replaceAll('$__rate_interval', '5m');

/**
 * The metrics and labels that an expression asks for.
 *
 * @throws when it is no PromQL.
 */
export function askedBy(expression: string): readonly Asked[] {
  const text = filledIn(expression);
  const tree = parser.parse(text);
  const textOf = (node: SyntaxNode): string => text.slice(node.from, node.to);
  const asked: Asked[] = [];

  const labelsIn = (node: SyntaxNode | null, inside: string): readonly string[] => {
    const names: string[] = [];
    node?.cursor().iterate((one) => {
      if (one.name === inside) names.push(text.slice(one.from, one.to));
    });
    return names;
  };
  /** Of every aggregation around a selector. */
  function groupedBy(node: SyntaxNode): readonly string[] {
    const names: string[] = [];
    for (let outer = node.parent; outer; outer = outer.parent)
      if (outer.name === 'AggregateExpr')
        names.push(...labelsIn(outer.getChild('AggregateModifier'), 'LabelName'));
    return names;
  }

  tree.iterate({
    enter(ref) {
      if (ref.type.isError) throw new Error(`no PromQL at ${ref.from}: ${text}`);
      if (ref.name !== 'VectorSelector') return;
      const name = ref.node.getChild('Identifier');
      if (name === null) throw new Error(`a selector without a name: ${text}`);
      asked.push({
        metric: textOf(name),
        labels: [...labelsIn(ref.node.getChild('LabelMatchers'), 'LabelName'), ...groupedBy(ref.node)],
      });
    },
  });
  return asked;
}
