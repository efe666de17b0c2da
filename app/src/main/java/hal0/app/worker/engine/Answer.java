package hal0.app.worker.engine;

import java.util.List;

/** What a handler comes back with: the kind that belongs to its request. */
public sealed interface Answer {
  /** To {@link Request.Embed}: a vector for each text, in the same order. */
  record Embeddings(List<float[]> vectors, Usage usage) implements Answer {}

  /**
   * To {@link Request.Chat}: the text itself went through {@link Reply#delta}.
   *
   * @param finishReason {@code stop}, {@code length} or another word of OpenAI's
   */
  record Said(String finishReason, Usage usage) implements Answer {}

  /** To {@link Request.Rerank}: the best first; shortened to what was asked for by the runtime. */
  record Ranking(List<Ranked> ranked, Usage usage) implements Answer {}

  /**
   * One document.
   *
   * @param index its place in the request, from 0
   * @param score higher is better
   */
  record Ranked(int index, double score) {}
}
