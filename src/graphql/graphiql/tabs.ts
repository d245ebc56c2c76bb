interface Tab {
  readonly query: string;
  readonly variables?: string;
  readonly headers?: string;
}

const TOKEN = '{\n  "Authorization": "Bearer PASTE_THE_TOKEN_HERE"\n}';

const tab = (query: string, variables?: object): Tab => ({
  query: `${query.trim()}\n`,
  headers: TOKEN,
  ...(variables && { variables: JSON.stringify(variables, null, 2) }),
});

/** The examples that GraphiQL opens with. */
export const tabs: readonly Tab[] = [
  tab(`
# 1. Sign in. In development the accounts are admin/admin, alice/alice and bob/bob.
#
# Copy the token from the answer, open "Headers" below, and put it where it says PASTE_THE_TOKEN_HERE.
# Each tab has headers of its own. Subscriptions send them too.
mutation SignIn {
  signIn(input: { username: "alice", password: "alice" }) {
    ... on Session {
      token
      expiresAt
      principal { username roles tenant }
    }
    ... on Refusal { code message retryAfterMs }
  }
}

# What this server can do. Needs no token.
query Catalog {
  catalog {
    commands { name title effect }
    protocols { scheme description }
  }
}
`),
  tab(
    `
# 2. CSV to JSON, checked against a JSON Schema. The data may be a URI of any protocol, or come along as here.
# Change a price to "cheap" and run it again: run.error lists the violations.
mutation ConvertCsv($csv: String!) {
  convertToJson(input: {
    source: { text: { text: $csv, mediaType: "text/csv" } }
    schemaUri: "data:application/json,{%22properties%22:{%22rows%22:{%22items%22:{%22properties%22:{%22price%22:{%22pattern%22:%22%5E[0-9.]%2B$%22}}}}}}"
  }) {
    ... on CommandOutcome {
      run { id state durationMs error { code message details } }
      resource { uri mediaType size json }
    }
    ... on Refusal { code message violations { path message } decision { reason } }
  }
}
`,
    { csv: 'product,price\nLamp,12.50\nTable,99\n' },
  ),
  tab(`
# 3. A pipeline: each step finds what the one before it made under "$previous.output".
mutation Pipeline {
  pipeline(input: {
    steps: [
      { command: "convertToJson", options: { source: { text: { text: "name,born\\nAda,1815\\nGrace,1906", mediaType: "text/csv" } } } }
      { command: "render", options: { source: { uri: "$previous.output" }, title: "People" } }
    ]
  }) {
    ... on CommandOutcome {
      run { id state steps { key state durationMs decision { effect rule { id comment } } } }
      resource { mediaType text }
    }
    ... on Refusal { code message path }
  }
}

# What was recorded of a run, and whether its hash chain still fits.
query Recorded {
  runs(first: 5) {
    nodes {
      id
      kind
      state
      createdAt
      principal { username }
      events(first: 20) { events { seq type step at hash } }
    }
  }
}
`),
  tab(`
# 4. Everything that happens, live. Let it run, and run a command in another tab.
# After a lost connection, pass the last cursor as "after": nothing is lost, nothing comes twice.
subscription Follow {
  events(filter: { types: [RUN_CREATED, RUN_STATE_CHANGED, STEP_STATE_CHANGED, POLICY_DECIDED] }) {
    cursor
    caughtUp
    events {
      __typename
      runId
      seq
      at
      step
      ... on RunCreated { kind principal { username } }
      ... on RunStateChanged { fromRun: from toRun: to error { code message } }
      ... on StepStateChanged { fromStep: from toStep: to attempt }
      ... on PolicyDecided { decision { effect reason canonicalUri } }
    }
  }
}
`),
  tab(`
# 5. Why may I, or why may I not? Nothing is done here; the policy only says what it would say.
query Explain {
  explainPolicy(input: { action: "command:convertToXml", uri: "file:///data/public/../private.csv" }) {
    effect
    reason
    canonicalUri
    rule { id role action uri effect comment }
    nearMisses { missed rule { role action uri } }
  }
}
`),
];
