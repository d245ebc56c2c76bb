/** A native document with every kind of step and every option, which reads without problems. */
export const COMPLETE_DOCUMENT = `name: products_report
description: Everything there is.
goal_template: "Report on {{ source }}"
inputs:
  source: string
  limit: { type: integer, default: 10, minimum: 1 }
labels: { team: tea }
max_parallel: 8
max_parallel_runs: 20
steps:
  - id: rows
    title: The rows
    kind: command
    command: convertToJson
    input: { source: { uri: "{{ source }}" }, mode: CSV }
    retry: { max_attempts: 4, backoff_ms: 100, max_backoff_ms: 5000, on: [TIMEOUT] }
    timeout_ms: 10000
    pool: fast
    idempotent: true
    labels: { a: 1 }
    cache: { key: "{{ source }}", ttl_ms: 60000 }
    output_media_type: application/json; charset=utf-8
  - id: pages
    kind: command
    command: render
    depends_on: [rows]
    for_each: "{{ steps.rows.output.rows }}"
    max_parallel: 8
    on_item_failure: collect
    input: { data: "{{ item }}", title: "{{ item.name }} {{ index }}" }
  - id: agree
    kind: approval
    depends_on: [pages]
    when: steps.rows.output.rows | length > limit
    continue_on_error: true
    input: { reason: "Publish {{ steps.rows.output.rows | length }} pages?", expires_ms: 86400000, roles: [admin] }
  - id: send
    kind: command
    command: send
    input: { to: "{{ steps.agree.output.by }}", times: "{{ limit }}" }
    compensate: { kind: command, command: send, input: { to: "{{ steps.send.output }}" }, retry: {} }
  - { id: wait, kind: signal, depends_on: [send], input: { name: go, timeout_ms: 1000 } }
  - { id: nap, kind: sleep, depends_on: [send], input: { ms: "{{ limit }}" } }
  - { id: sub, kind: workflow, workflow: other, input: { a: "{{ steps.nap.state }}" } }
  - { id: look, kind: query, query: resources, input: { uri: "{{ source }}" } }
  - id: total
    kind: transform
    depends_on: [wait]
    repair: { step: send }
    input: { data: "{{ steps.rows.output.rows }}", expression: "$sum(price.$number())" }
  - { id: ask, kind: tool, tool: web.search, input: { query: "{{ source }}" }, pool: inline }
  - id: agent
    kind: agent
    timeout_ms: 60000
    agent:
      id: reporter
      role: A reporter
      goal: "Sum up {{ source }}"
      tools: [web.search]
      backend: litellm
      backend_config:
        model: any
        max_tokens: 100
        mcp_servers: [{ server_url: "https://mcp.example/{{ source }}", headers: { a_b: "Bearer secret:KEY" } }]
      memory_uri: memory:reports
    input: { found: "{{ steps.ask.output }}" }
    compensate: { kind: tool, tool: notify.send, input: { message: "Never mind {{ steps.agent.output }}" } }
  - { id: draft, kind: codegen, input: { plan: "{{ steps.agent.output }}" } }
  - { id: check, kind: eval, repair: { step: draft }, input: { files: "{{ steps.draft.output.files }}" } }
outputs:
  total: "{{ steps.total.output }}"
schedule: { cron: "0 2 * * *", time_zone: Europe/Warsaw, overlap: queue }
`;
