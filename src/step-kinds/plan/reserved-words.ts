/** Keywords of Python that could be the name of a variable or a field. */
const PYTHON =
  'and as assert async await break class continue def del elif else except finally for from global if import in is ' +
  'lambda nonlocal not or pass raise return try while with yield none true false';

/** Keywords of JavaScript that Python does not have. */
const JAVASCRIPT =
  'case catch const debugger default delete do enum export extends function implements instanceof interface let new ' +
  'null package private protected public static super switch this throw typeof var void undefined';

/** Set by the generated service. */
const GENERATED_FIELDS = 'id created_at updated_at';

/** What a class body of pydantic, SQLAlchemy or a dataclass already means by a name, and types that are named in one. */
const CLASS_BODIES =
  'metadata registry copy json dict schema validate construct fields orm sa str int float bool list bytes datetime self cls';

/** Members that every object of JavaScript has. */
const OBJECT_MEMBERS =
  'constructor prototype to_string to_locale_string value_of has_own_property is_prototype_of then';

/** Names in snake_case that no field may have. */
export const RESERVED_FIELDS: ReadonlySet<string> = wordSet(PYTHON, GENERATED_FIELDS, CLASS_BODIES, OBJECT_MEMBERS);

/** Names in snake_case that no resource may have: its functions and variables are called after it. */
export const RESERVED_VARIABLES: ReadonlySet<string> = wordSet(
  PYTHON,
  JAVASCRIPT,
  OBJECT_MEMBERS,
  'app item items service test',
);

/** Values that an enumeration cannot have in GraphQL. */
export const RESERVED_CHOICES: ReadonlySet<string> = wordSet('true false null none');

/**
 * Names in PascalCase that mean something else in generated code. A test holds that every name which a template of
 * `examples/stacks` uses is among them.
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
