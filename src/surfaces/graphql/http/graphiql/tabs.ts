interface Tab {
  readonly query: string;
  readonly variables: string;
}

const tab = (query: string, variables: object = {}): Tab => ({
  query: `${query.trim()}\n`,
  variables: JSON.stringify(variables, null, 2),
});

/** The examples in the tabs of GraphiQL. Lines of up to 54 characters fit next to its buttons on a usual screen. */
export const tabs: readonly Tab[] = [
  tab(`
# 1. Sign in. The accounts of development are
# admin/admin, alice/alice and bob/bob.
#
# Every tab then sends the token until this page is
# closed; reloading keeps it. Put another token into
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
# 2. CSV to JSON, validated with a JSON Schema. Use
# strict-products.json instead, and run.error lists
# every invalid row. The source may be a URI of any
# supported scheme, or text in the request:
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
# 3. A pipeline. Each step can read the output of the
# previous one as "$previous.output".
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
# 4. The recorded runs, newest first, with all their
# events in commit order.
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
# 5. All events, live. Run it, open this page in a
# second window, sign in and run a command there: its
# events appear here. Opening another tab of this page
# ends it. After a lost connection, pass the last
# cursor as "after": no event is lost or repeated.
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
# 6. Why is something allowed or denied? Nothing is
# executed: this shows what the policy would decide, and
# which rules almost matched.
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
# 7. A workflow: each step starts as soon as its
# dependencies have ended; this one contains a pause.
# With waitMs: 0 the response is immediate, and the run
# continues: see the next tab.
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
# 8. One run, live: its current state, then each new
# one, until it has ended. Set pauseMs: 60000 and
# waitMs: 0 in the previous tab, run it, and put the id
# of the run into the variables below.
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
