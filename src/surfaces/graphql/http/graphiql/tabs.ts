interface Tab {
  readonly query: string;
  readonly variables: string;
}

const tab = (query: string, variables: object = {}): Tab => ({
  query: `${query.trim()}\n`,
  variables: JSON.stringify(variables, null, 2),
});

/** The examples that GraphiQL opens with. Lines of up to 54 characters stand beside its buttons on a usual screen. */
export const tabs: readonly Tab[] = [
  tab(`
# 1. Sign in. The accounts of development are
# admin/admin, alice/alice and bob/bob.
#
# From then on every tab sends the token, until this
# page is closed. A token from elsewhere goes into
# "Headers" below: {"Authorization": "Bearer TOKEN"}
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
`),
  tab(
    `
# 2. CSV to JSON, checked against a JSON Schema. Say
# strict-products.json instead, and run.error lists
# every row that does not fit. The source may be a URI
# of any protocol, or come along as
# { text: { text: "…", mediaType: "text/csv" } }.
mutation ConvertCsv($csv: URI!, $schema: URI!) {
  convertToJson(input: { source: { uri: $csv }, schemaUri: $schema }) {
    ... on CommandOutcome {
      run { id state durationMs error { code message details } }
      resource { uri mediaType size json }
    }
    ... on Refusal {
      code
      message
      violations { path message }
      decision { reason }
    }
  }
}
`,
    { csv: 'file:///data/products.csv', schema: 'file:///schemas/products.json' },
  ),
  tab(`
# 3. A pipeline. Each step finds what the one before
# it made under "$previous.output".
mutation Pipeline {
  pipeline(
    input: {
      steps: [
        {
          command: "convertToJson"
          options: { source: { uri: "file:///data/products.csv" } }
        }
        {
          command: "render"
          options: {
            source: { uri: "$previous.output" }
            templateUri: "file:///data/report.j2"
            title: "Products"
          }
        }
      ]
    }
  ) {
    ... on CommandOutcome {
      run {
        id
        state
        steps { key state decision { effect rule { id comment } } }
      }
      resource { mediaType text }
    }
    ... on Refusal { code message path }
  }
}
`),
  tab(`
# 4. What was recorded: runs, newest first, with every
# event in the order in which it was committed.
query Recorded {
  runs(first: 5) {
    totalCount
    nodes {
      id
      kind
      state
      createdAt
      principal { username }
      events(first: 20) {
        events { seq type step at hash }
      }
    }
  }
}
`),
  tab(`
# 5. Everything that happens, live. Let it run, and run
# a command in another tab. After a lost connection,
# pass the last cursor as "after": nothing is lost,
# nothing is repeated.
subscription Follow {
  events {
    cursor
    caughtUp
    events {
      __typename
      runId
      seq
      at
      step
      ... on RunCreated { kind principal { username } }
      ... on RunStateChanged { runTo: to error { code message } }
      ... on StepStateChanged { stepTo: to attempt }
      ... on PolicyDecided {
        decision { effect reason canonicalUri }
      }
    }
  }
}
`),
  tab(`
# 6. Why may I, or why may I not? Nothing is done here:
# the policy only says what it would say, and what came
# close.
query Explain {
  explainPolicy(
    input: {
      action: "command:convertToXml"
      uri: "https://example.com/public/../private.csv"
    }
  ) {
    effect
    reason
    canonicalUri
    rule { id role action uri effect comment }
    nearMisses { missed rule { role action uri } }
  }
}
`),
  tab(
    `
# 7. A workflow: each step begins as soon as what it
# needs is done; this one pauses in between. With
# waitMs: 0 the answer comes at once, and the run goes
# on by itself: see the next tab.
mutation StartWorkflow(
  $csv: URI!
  $pauseMs: Int!
  $waitMs: Int
) {
  startRun(
    input: {
      inputs: { source: $csv, pause_ms: $pauseMs }
      waitMs: $waitMs
      source: {
        yaml: """
        name: products_report
        goal_template: "Report on {{ source }}"
        inputs:
          source: string
          pause_ms: integer
        steps:
          - id: rows
            kind: command
            command: convertToJson
            input:
              source: { uri: "{{ source }}" }
          - id: pause
            kind: sleep
            input: { ms: "{{ pause_ms }}" }
          - id: page
            kind: command
            command: render
            depends_on: [pause]
            input:
              data: "{{ steps.rows.output }}"
              title: "Products"
        outputs:
          count: "{{ steps.rows.output.rows | length }}"
          page: "{{ steps.page.output }}"
        """
      }
    }
  ) {
    ... on Run {
      id
      state
      goal
      steps { key kind state finishedAt }
      outputs { name value resource { text } }
      error { code message step }
    }
    ... on Refusal {
      code
      message
      violations { path message }
    }
  }
}
`,
    { csv: 'file:///data/products.csv', pauseMs: 1000, waitMs: 10_000 },
  ),
  tab(
    `
# 8. One run as it changes: its state now, then each
# newer one, until it has ended. Say pauseMs: 60000 and
# waitMs: 0 in the tab before, run it, and put the id
# that it answers into the variables below.
subscription RunUpdated($runId: ID!) {
  runUpdated(runId: $runId) {
    id
    state
    steps { key state attempt error { code message } }
    outputs { name value }
  }
}
`,
    { runId: 'run_…' },
  ),
];
