/** Where the workflows find what they call. */
export interface Services {
  /** Origin of a web server with `/stock`, which is busy at times. */
  readonly web: string;
  /** URL of an endpoint of chat completions. */
  readonly model: string;
  /** URL of an agent behind a WebSocket. */
  readonly agent: string;
}

/** The workflows of a shop, by name. What is saved twice has two versions. */
export const documentsOf = ({ web, model, agent }: Services) => ({
  catalog_draft: `name: catalog_nightly
description: Publishes the product pages of the shop.
steps:
  - id: products
    kind: command
    command: convertToJson
    input: { source: { uri: "file:///data/products.csv" }, mode: CSV }
  - id: feed
    kind: command
    command: convertToCsv
    input: { data: "{{ steps.products.output.rows }}" }
outputs:
  products: "{{ steps.products.output.rows | length }}"
`,
  catalog: `name: catalog_nightly
description: Publishes the product pages of the shop every night.
goal_template: "Publish the catalog for {{ market }}"
labels: { team: catalog }
inputs:
  market: { type: string, default: Poland, description: Country whose prices are shown. }
  pages: { type: integer, default: 24, minimum: 1, maximum: 500, description: Number of product pages. }
steps:
  - id: products
    title: Read the products
    kind: command
    command: convertToJson
    input: { source: { uri: "file:///data/products.csv" }, mode: CSV }
  - id: stock
    title: Ask the warehouse
    kind: http
    retry: { max_attempts: 4, backoff_ms: 400 }
    input: { url: "${web}/stock" }
  - id: offers
    kind: transform
    input:
      data: { rows: "{{ steps.products.output.rows }}", stock: "{{ steps.stock.output }}", pages: "{{ pages }}" }
      # One offer for each page, with the price of its product.
      expression: >-
        $map([1..pages], function($n) {(
          $product := rows[$n % 3];
          { "sku": 1000 + $n, "name": $product.name & " " & $n, "price": $number($product.price) + $n,
            "stock": stock.available - $n }
        )})
  - id: check
    title: Check each offer
    kind: transform
    for_each: "{{ steps.offers.output }}"
    max_parallel: 4
    on_item_failure: collect
    input:
      data: "{{ item }}"
      expression: '($assert(stock > 0, "Offer " & sku & " is sold out."); $)'
  - id: pages
    title: Render the pages
    kind: command
    command: render
    for_each: "{{ steps.check.output | select | list }}"
    max_parallel: 4
    input: { data: "{{ item }}", title: "{{ item.name }}" }
  - id: feed
    title: Feed for price search
    kind: command
    command: convertToCsv
    input: { data: "{{ steps.check.output | select | list }}", delimiter: ";" }
  - id: settle
    title: Wait for the cache
    kind: sleep
    depends_on: [pages]
    input: { ms: 1500 }
  - id: announce
    title: Tell the team
    kind: notify
    depends_on: [feed, settle]
    input: { title: Catalog, message: "{{ steps.pages.output | length }} pages are published." }
outputs:
  pages: "{{ steps.pages.output | length }}"
  sold_out: "{{ steps.check.errors | default([]) }}"
schedule: { cron: "0 2 * * *", time_zone: Europe/Warsaw, overlap: skip, catch_up: one }
`,
  prices: `name: price_import
description: Takes over the price list of a supplier, if it fits the schema.
goal_template: "Import prices of {{ supplier }}"
labels: { team: purchasing }
inputs:
  supplier: { type: string, default: Harris & Sons }
steps:
  - id: rows
    title: Read the price list
    kind: command
    command: convertToJson
    input:
      source: { uri: "file:///data/products.csv" }
      mode: CSV
      schemaUri: "file:///schemas/strict-products.json"
  - id: prices
    kind: transform
    input: { data: "{{ steps.rows.output.rows }}", expression: "$.{ 'id': id, 'price': $number(price) }" }
  - id: announce
    kind: notify
    input: { message: "{{ steps.prices.output | length }} prices are imported." }
schedule: { cron: "30 6 * * 1-5", time_zone: Europe/Berlin, overlap: queue, catch_up: none }
`,
  orders: `name: order_export
description: Sends the orders of a day to the accounts department.
goal_template: "Export the orders of {{ day }}"
labels: { team: finance }
inputs:
  day: { type: string, default: "2026-11-29", description: "Day of the orders, as YYYY-MM-DD." }
  mode: { type: string, default: fails, enum: [works, fails, lasts], description: What the ledger does. }
steps:
  - id: orders
    title: Collect the orders
    kind: transform
    input: { data: { day: "{{ day }}" }, expression: '[1..412].{ "order": 88000 + $, "day": $$.day, "total": 12.5 + $ }' }
  - id: totals
    title: Totals by day
    kind: transform
    input: { data: "{{ steps.orders.output }}", expression: '{ "orders": $count($), "total": $sum(total) }' }
  - id: ledger
    title: Write to the ledger
    kind: agent
    timeout_ms: 3600000
    agent:
      role: Connector of the ledger
      goal: "{{ mode }}"
      backend: websocket
      backend_config: { uri: "${agent}", timeout_ms: 3600000 }
    input: { orders: "{{ steps.orders.output | length }}", total: "{{ steps.totals.output.total }}" }
  - id: receipt
    kind: command
    command: render
    input: { data: "{{ steps.ledger.output }}", title: "Receipt for {{ day }}" }
  - id: announce
    kind: notify
    depends_on: [receipt]
    input: { message: "The orders of {{ day }} are in the ledger." }
outputs:
  receipt: "{{ steps.receipt.resource.uri }}"
`,
  refund: `name: refund_order
description: Refunds an order, and undoes what was done when a part of it fails.
goal_template: "Refund order {{ order }}"
labels: { team: support }
inputs:
  order: { type: integer, default: 88127 }
  amount: { type: number, default: 34.9 }
steps:
  - id: reserve
    title: Reserve the amount
    kind: transform
    input: { data: { order: "{{ order }}" }, expression: '{ "reservation": "R-" & order }' }
    compensate:
      kind: transform
      input: { data: "{{ steps.reserve.output }}", expression: '{ "released": reservation }' }
  - id: voucher
    title: Withdraw the voucher
    kind: transform
    depends_on: [reserve]
    input: { data: { amount: "{{ amount }}" }, expression: '{ "withdrawn": amount }' }
    compensate:
      kind: transform
      input: { data: "{{ steps.voucher.output }}", expression: '{ "restored": withdrawn }' }
  - id: transfer
    title: Transfer the money
    kind: transform
    depends_on: [voucher]
    input:
      data: { reservation: "{{ steps.reserve.output.reservation }}" }
      expression: '$error("The bank refused the transfer for " & reservation & ": the account is closed.")'
`,
  supplier: `name: supplier_onboarding
description: Adds a supplier when the lead of purchasing agrees.
goal_template: "Add {{ company }} as a supplier"
labels: { team: purchasing }
inputs:
  company: { type: string, default: Silesian Porcelain, description: Name of the company. }
  limit: { type: integer, default: 20000, description: "Credit limit, in euros." }
steps:
  - id: profile
    title: Check the profile
    kind: transform
    input: { data: { company: "{{ company }}" }, expression: '{ "company": company, "score": 71, "country": "PL" }' }
  - id: agree
    title: Approval of purchasing
    kind: approval
    depends_on: [profile]
    input: { reason: "Add {{ company }} with a credit limit of {{ limit }} euros?", expires_ms: 172800000 }
  - id: contract
    title: Signed contract
    kind: signal
    depends_on: [agree]
    input: { name: contract_signed }
  - id: welcome
    kind: notify
    depends_on: [contract]
    input: { message: "{{ company }} is a supplier now." }
`,
  cleanup: `name: hourly_cleanup
description: Removes carts that nobody has touched for a day.
labels: { team: shop }
steps:
  - { id: carts, title: Find old carts, kind: transform, input: { expression: "[1..37].{ 'cart': $ }" } }
  - { id: count, title: Count them, kind: transform, input: { data: "{{ steps.carts.output }}", expression: "$count($)" } }
outputs:
  removed: "{{ steps.count.output }}"
schedule: { cron: "5 * * * *", overlap: skip, catch_up: one }
`,
  research: `name: supplier_research
description: A language model looks a supplier up, and tells the team.
goal_template: "Find out about {{ company }}"
labels: { team: purchasing }
inputs:
  company: { type: string, default: Silesian Porcelain }
steps:
  - id: research
    title: Research
    kind: agent
    timeout_ms: 600000
    agent:
      role: You are a careful researcher. You say only what your sources say.
      goal: "Find out what {{ company }} makes, and tell the team with notify.send."
      tools: [drive.search, notify.send]
      backend: litellm
      backend_config: { model: gpt-5-mini, api_base: "${model}", max_tokens: 800, max_turns: 8 }
    input: { company: "{{ company }}" }
outputs:
  brief: "{{ steps.research.output.text }}"
`,
  sheet: `name: price_sheet
steps:
  - id: sheet
    title: Prices as CSV
    kind: command
    command: convertToCsv
    input: { data: [{ article: 1001, price: "34.90" }] }
`,
  push: `name: push_hook
description: Says what was pushed to the repository of the shop.
inputs:
  event: object
  kind: { type: string, default: push }
steps:
  - id: note
    kind: notify
    when: kind == "push"
    input: { message: "{{ event.pusher.name }} pushed to {{ event.ref }}" }
on:
  webhook:
    scheme: github
    secret: WEBHOOK_GITHUB
    body: event
    headers: { kind: X-GitHub-Event }
`,
});
