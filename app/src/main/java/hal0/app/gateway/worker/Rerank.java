package hal0.app.gateway.worker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** {@code /v1/rerank}, in the shape that Jina, Cohere, vLLM and llama-server share. */
final class Rerank implements Shape {
  private static final String DOCUMENTS = "documents";

  @Override
  public ObjectNode question(ObjectNode request) throws Unfit {
    ObjectNode question = request.deepCopy();
    question.remove(java.util.List.of("model", "return_documents"));
    question.put("query", Shape.text(request, "query"));
    JsonNode documents = request.path(DOCUMENTS);
    if (!documents.isArray() || documents.isEmpty()) {
      throw Unfit.badRequest("\"documents\" must be an array of texts");
    }
    ArrayNode texts = question.putArray(DOCUMENTS);
    for (JsonNode document : documents) {
      JsonNode text = document.isObject() ? document.path("text") : document;
      if (!text.isTextual()) {
        throw Unfit.badRequest("\"documents\" must hold texts, or objects with a \"text\"");
      }
      texts.add(text.textValue());
    }
    return question;
  }

  @Override
  public ObjectNode answer(ObjectNode request, ObjectNode result, Heading heading) {
    boolean whole = request.path("return_documents").asBoolean(false);
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("object", "list").put("model", heading.model());
    ArrayNode results = answer.putArray("results");
    for (JsonNode one : result.path("results")) {
      ObjectNode told = results.addObject();
      int index = one.path("index").asInt();
      told.put("index", index);
      told.set("relevance_score", one.path("score"));
      if (whole) {
        JsonNode document = request.path(DOCUMENTS).path(index);
        told.set(
            "document",
            document.isObject()
                ? document
                : JsonNodeFactory.instance.objectNode().set("text", document));
      }
    }
    answer.set("usage", result.path("usage"));
    return answer;
  }
}
