import { queryRows } from './database.js';

export interface InvariantLimits {
  /** Tries of one item or invocation, its retries included. Default: 1. */
  readonly maxAttempts?: number;
  /** Management's setting `maxDispatches`. Default: 5. */
  readonly maxDispatches?: number;
}

/** A rule, and a query that finds what breaks it: `what` names the row, for a person. */
interface Rule {
  readonly words: string;
  readonly breaches: string;
}

/** I1: each accepted invocation or item has exactly one terminal record. */
const EXACTLY_ONE_END: readonly Rule[] = [
  {
    words: 'a run that has ended by itself has one outcome for each item',
    breaches: `
      SELECT run.id || ': ' || count(item.line_number) || ' outcomes of ' || run.items_total AS what
      FROM batch_runs run LEFT JOIN batch_items item ON item.run_id = run.id
      WHERE run.state IN ('succeeded', 'completedWithFailures')
      GROUP BY run.id
      HAVING count(item.line_number) <> run.items_total OR count(DISTINCT item.line_number) <> run.items_total`,
  },
  {
    words: "a run's state says what its items' states say",
    breaches: `
      SELECT run.id || ' is ' || run.state AS what FROM batch_runs run
      WHERE run.state IN ('succeeded', 'completedWithFailures') AND (run.state = 'succeeded') =
        EXISTS (SELECT 1 FROM batch_items item WHERE item.run_id = run.id AND item.state <> 'succeeded')`,
  },
  {
    words: 'an item has ended',
    breaches: `
      SELECT run_id || '/' || line_number || ' is ' || state AS what FROM batch_items
      WHERE state NOT IN ('succeeded', 'failed', 'cancelled')`,
  },
  {
    words: 'a run that has ended has no chunk that goes on',
    breaches: `
      SELECT chunk.id || ' of ' || run.id || ' is queued' AS what
      FROM batch_chunks chunk JOIN batch_runs run ON run.id = chunk.run_id
      WHERE run.ended_at IS NOT NULL AND chunk.state = 'queued'`,
  },
  {
    words: 'a line is in one chunk only',
    breaches: `
      SELECT a.id || ' and ' || b.id AS what FROM batch_chunks a JOIN batch_chunks b
      ON a.run_id = b.run_id AND a.first_line < b.first_line AND b.first_line < a.first_line + a.line_count`,
  },
  {
    words: "a chunk's counts are those of its items",
    breaches: `
      SELECT chunk.id AS what FROM batch_chunks chunk LEFT JOIN batch_items item ON item.run_id = chunk.run_id
        AND item.line_number >= chunk.first_line AND item.line_number < chunk.first_line + chunk.line_count
      GROUP BY chunk.id
      HAVING sum(item.state IS 'succeeded') <> chunk.items_succeeded OR sum(item.state IS 'failed') <> chunk.items_failed`,
  },
  {
    words: 'an accepted invocation has ended',
    breaches: `
      SELECT id || ' of ' || function_name || ' is ' || state AS what FROM invocations
      WHERE state = 'queued' OR ended_at IS NULL`,
  },
  {
    words: 'an occurrence of a timer has one invocation, and that one alone',
    breaches: `
      SELECT occurrence.schedule_id || ' ' || occurrence.planned_at AS what
      FROM schedule_occurrences occurrence LEFT JOIN invocations ON invocations.id = occurrence.invocation_id
      WHERE occurrence.invocation_id IS NOT NULL
      GROUP BY occurrence.invocation_id HAVING count(*) <> 1 OR count(invocations.id) <> 1`,
  },
];

/** I2: attempts stay within their caps. */
function withinCaps({ maxAttempts = 1, maxDispatches = 5 }: InvariantLimits): readonly Rule[] {
  return [
    {
      words: `an item has at most ${maxAttempts} attempts`,
      breaches: `
        SELECT run_id || '/' || line_number || ' has ' || attempts AS what FROM batch_items
        WHERE attempts > ${maxAttempts}`,
    },
    {
      words: `an invocation has at most ${maxAttempts} attempts`,
      breaches: `
        SELECT id || ' has ' || json_array_length(attempts) AS what FROM invocations
        WHERE json_array_length(attempts) > ${maxAttempts}`,
    },
    {
      words: `work is put on the queue at most ${maxDispatches} times`,
      breaches: `
        SELECT id || ': ' || dispatch_count AS what FROM batch_chunks WHERE dispatch_count > ${maxDispatches}
        UNION ALL SELECT id || ': ' || dispatch_count FROM invocations WHERE dispatch_count > ${maxDispatches}`,
    },
  ];
}

/** I3: only the newest attempt's result is committed. A fence is 1000 × its dispatch + its start within it. */
const NEWEST_ONLY: readonly Rule[] = [
  {
    words: "an invocation's outcome is that of its newest attempt",
    breaches: `
      SELECT id || ': outcome of ' || outcome_fence || ', newest is ' || fence AS what FROM invocations
      WHERE outcome_fence IS NOT NULL AND outcome_fence <> fence`,
  },
  {
    words: 'a chunk was ended by an attempt that its dispatches allow',
    breaches: `
      SELECT id || ': fence ' || fence || ' of dispatch ' || dispatch_count AS what FROM batch_chunks
      WHERE state = 'done' AND (fence < 1001 OR fence / 1000 > dispatch_count)`,
  },
];

/**
 * What in an installation's database breaks the invariants that must hold after every fault, once the work is done; a sentence
 * each. Of I4 (nothing without an owner is left) the tests that use containers see to themselves.
 */
export function brokenInvariants(databaseUrl: string, limits: InvariantLimits = {}): string[] {
  const rules = [...EXACTLY_ONE_END, ...withinCaps(limits), ...NEWEST_ONLY];
  return rules.flatMap(({ words, breaches }) =>
    queryRows<{ what: string }>(databaseUrl, breaches).map(({ what }) => `Broken: ${words} (${what})`),
  );
}
