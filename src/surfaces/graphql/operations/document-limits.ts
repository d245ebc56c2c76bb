import { type DocumentNode, type FragmentDefinitionNode, Kind, type SelectionSetNode, visit } from 'graphql';
import { Fault } from '../../../core/errors.ts';

/** Limits of one document: far above what clients write, far below what harms the server. */
export const DOCUMENT_LIMITS = {
  /** Lexical tokens; limits parsing and everything after it. */
  tokens: 4_000,
  /** Characters; data belongs in variables. */
  characters: 256 * 1024,
  comments: 500,
  /** Fields inside fields, through fragments. GraphiQL's introspection has 14. */
  depth: 16,
  aliases: 50,
  directives: 50,
} as const;

/** @throws Fault TOO_COSTLY that names the limit. Takes time linear in the document, whatever its fragments. */
export function assertWithinLimits(document: DocumentNode): void {
  let aliases = 0;
  let directives = 0;
  const fragments = new Map<string, FragmentDefinitionNode>();
  visit(document, {
    Field: (node) => {
      if (node.alias) aliases += 1;
    },
    Directive: () => {
      directives += 1;
    },
    FragmentDefinition: (node) => {
      fragments.set(node.name.value, node);
    },
  });
  assertWithinLimit('aliases', aliases);
  assertWithinLimit('directives', directives);
  const depthOf = createDepthCounter(fragments);
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) assertWithinLimit('depth', depthOf(definition.selectionSet));
  }
}

function createDepthCounter(fragments: ReadonlyMap<string, FragmentDefinitionNode>) {
  const known = new Map<string, number>();
  const depthOf = (set: SelectionSetNode | undefined): number => {
    let deepest = 0;
    for (const selection of set?.selections ?? []) {
      const depth =
        selection.kind === Kind.FRAGMENT_SPREAD
          ? depthOfFragment(selection.name.value)
          : depthOf(selection.selectionSet) + (selection.kind === Kind.FIELD ? 1 : 0);
      if (depth > deepest) deepest = depth;
    }
    return deepest;
  };
  const depthOfFragment = (name: string): number => {
    let depth = known.get(name);
    if (depth === undefined) {
      // Validation rejects a fragment that refers to itself; here the walk must only end.
      known.set(name, 0);
      depth = depthOf(fragments.get(name)?.selectionSet);
      known.set(name, depth);
    }
    return depth;
  };
  return depthOf;
}

function assertWithinLimit(name: keyof typeof DOCUMENT_LIMITS, value: number): void {
  if (value <= DOCUMENT_LIMITS[name]) return;
  const message = `The document has ${name} of ${value}; the maximum is ${DOCUMENT_LIMITS[name]}. Select less, or use several requests.`;
  throw new Fault('TOO_COSTLY', message, { details: { limit: name, most: DOCUMENT_LIMITS[name] } });
}
