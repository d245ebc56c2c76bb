/** Python keywords that could be names of variables or fields. */
const PYTHON =
  'and as assert async await break class continue def del elif else except finally for from global if import in is ' +
  'lambda nonlocal not or pass raise return try while with yield none true false';

/** JavaScript keywords that are not Python keywords. */
const JAVASCRIPT =
  'case catch const debugger default delete do enum export extends function implements instanceof interface let new ' +
  'null package private protected public static super switch this throw typeof var void undefined';

/** Set by the generated service. */
const GENERATED_FIELDS = 'id created_at updated_at';

/** Names with a meaning in a class body of pydantic, SQLAlchemy or a dataclass, and types used there. */
const CLASS_BODIES =
  'metadata registry copy json dict schema validate construct fields orm sa str int float bool list bytes datetime self cls';

/** Members of every JavaScript object. */
const OBJECT_MEMBERS =
  'constructor prototype to_string to_locale_string value_of has_own_property is_prototype_of then';

/** Names in snake_case that no field may have. */
export const RESERVED_FIELDS: ReadonlySet<string> = wordSet(PYTHON, GENERATED_FIELDS, CLASS_BODIES, OBJECT_MEMBERS);

/** Names in snake_case that no resource may have, because functions and variables are named after it. */
export const RESERVED_VARIABLES: ReadonlySet<string> = wordSet(
  PYTHON,
  JAVASCRIPT,
  OBJECT_MEMBERS,
  'app item items service test',
);

/** Values that a GraphQL enum cannot have. */
export const RESERVED_CHOICES: ReadonlySet<string> = wordSet('true false null none');

/**
 * Names in PascalCase that have another meaning in generated code. A test checks that they include every name that a
 * template of `examples/stacks` uses.
 */
export const RESERVED_CLASSES: ReadonlySet<string> = wordSet(
  // Python
  'Any Annotated Callable Exception False Iterable Iterator KeyError Literal LookupError None Protocol True TypeError',
  'ValueError',
  // pydantic, FastAPI, SQLAlchemy
  'APIRouter BaseModel Boolean ConfigDict Date DateTime DeclarativeBase Depends FastAPI Field Float HTTPException',
  'BigInteger Mapped Query Response Session String Text',
  // JavaScript and Node
  'Array BigInt Error Function Infinity Intl JSON Map Math NaN Number Object Partial Promise Proxy Record Readonly',
  'Reflect RegExp Request Set Symbol URL WeakMap',
  // GraphQL
  'GraphQLError ID Int Mutation Subscription',
  // The templates' own
  'Base Create CreateArguments Database FieldProblem FieldRule Found MemoryStore PageArguments Paged Rule SqliteStore',
  'Store StoreContract Update UpdateArguments',
);

function wordSet(...lists: readonly string[]): ReadonlySet<string> {
  return new Set(lists.flatMap((list) => list.split(' ')));
}
