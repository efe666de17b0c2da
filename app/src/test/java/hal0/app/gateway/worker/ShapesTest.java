package hal0.app.gateway.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hal0.slots.worker.Role;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** OpenAI's shapes against the workers' own. */
class ShapesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Shape.Heading HEADING = new Shape.Heading("7", "words", 1_700_000_000);

  private static ObjectNode json(String text) {
    try {
      return (ObjectNode) JSON.readTree(text.replace('\'', '"'));
    } catch (JsonProcessingException e) {
      throw new AssertionError(text, e);
    }
  }

  @Test
  void oneTextAndManyAreAskedAlike() throws Unfit {
    Shape embeddings = new Embeddings();
    assertThat(embeddings.question(json("{'model':'m','input':'a','dimensions':8}")))
        .isEqualTo(json("{'input':['a'],'dimensions':8}"));
    assertThat(embeddings.question(json("{'input':['a','b'],'user':'u'}")))
        .isEqualTo(json("{'input':['a','b']}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{'input':[]}",
        "{'input':7}",
        "{'input':[1,2]}",
        "{'input':['a',null]}",
        "{'input':'a','encoding_format':'hex'}"
      })
  void whatCannotBeEmbeddedIsRefused(String request) {
    assertThatExceptionOfType(Unfit.class)
        .isThrownBy(() -> new Embeddings().question(json(request)))
        .satisfies(unfit -> assertThat(unfit.status()).isEqualTo(400));
  }

  @Test
  void vectorsAreNumbersOrPackedFloats() {
    ObjectNode result =
        json("{'embeddings':[[0.5,-1.0],[0,1]],'usage':{'prompt_tokens':3,'total_tokens':3}}");
    Shape embeddings = new Embeddings();
    // As text: a tree tells numbers of 32 and of 64 bits apart.
    assertThat(embeddings.answer(json("{}"), result, HEADING))
        .hasToString(
            json("{'object':'list','data':["
                    + "{'object':'embedding','index':0,'embedding':[0.5,-1.0]},"
                    + "{'object':'embedding','index':1,'embedding':[0,1]}],"
                    + "'model':'words','usage':{'prompt_tokens':3,'total_tokens':3}}")
                .toString());
    String packed =
        embeddings
            .answer(json("{'encoding_format':'base64'}"), result, HEADING)
            .at("/data/0/embedding")
            .textValue();
    ByteBuffer floats =
        ByteBuffer.wrap(Base64.getDecoder().decode(packed)).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(floats.remaining()).isEqualTo(8);
    assertThat(floats.getFloat()).isEqualTo(0.5f);
    assertThat(floats.getFloat()).isEqualTo(-1.0f);
  }

  @Test
  void documentsAreTextsOrObjects() throws Unfit {
    ObjectNode request =
        json("{'query':'q','documents':['a',{'text':'b'}],'top_n':1,'return_documents':true}");
    Shape rerank = new Rerank();
    assertThat(rerank.question(request))
        .isEqualTo(json("{'query':'q','documents':['a','b'],'top_n':1}"));
    assertThat(
            rerank.answer(
                request, json("{'results':[{'index':1,'score':0.75}],'usage':{}}"), HEADING))
        .isEqualTo(
            json(
                "{'object':'list','model':'words','results':["
                    + "{'index':1,'relevance_score':0.75,'document':{'text':'b'}}],'usage':{}}"));
    for (String wrong :
        List.of("{'documents':['a']}", "{'query':'q'}", "{'query':'q','documents':[5]}")) {
      assertThatExceptionOfType(Unfit.class).isThrownBy(() -> rerank.question(json(wrong)));
    }
  }

  @Test
  void aChatIsAnsweredWholeOrInParts() throws Unfit {
    Shape chat = new Chat();
    ObjectNode request =
        json(
            "{'model':'m','messages':[{'role':'user','content':'x'}],'max_completion_tokens':5,"
                + "'stream':true,'stream_options':{'include_usage':true}}");
    assertThat(chat.question(request))
        .isEqualTo(
            json("{'messages':[{'role':'user','content':'x'}],'stream':true,'max_tokens':5}"));
    Shape.Parts parts = chat.parts(request, HEADING).orElseThrow();
    ObjectNode first = parts.chunk(json("{'delta':'he'}"));
    assertThat(first.at("/choices/0/delta")).isEqualTo(json("{'role':'assistant','content':'he'}"));
    assertThat(first.path("object").asText()).isEqualTo("chat.completion.chunk");
    assertThat(parts.chunk(json("{'delta':'y'}")).at("/choices/0/delta"))
        .isEqualTo(json("{'content':'y'}"));
    List<ObjectNode> end = parts.end(json("{'finish_reason':'length','usage':{'total_tokens':2}}"));
    assertThat(end.getFirst().at("/choices/0/finish_reason").asText()).isEqualTo("length");
    assertThat(end.getLast().path("choices")).isEmpty();
    assertThat(end.getLast().at("/usage/total_tokens").asInt()).isEqualTo(2);
    ObjectNode whole =
        chat.answer(
            request,
            json("{'message':{'role':'assistant','content':'hey'},'finish_reason':'stop'}"),
            HEADING);
    assertThat(whole.at("/choices/0/message/content").asText()).isEqualTo("hey");
    assertThat(whole.path("id").asText()).isEqualTo("chatcmpl-7");
  }

  @Test
  void aRoleAnswersItsOwnPathsOnly() {
    assertThat(Shapes.serves(Role.EMBED, "/v1/embeddings?x=1")).isTrue();
    assertThat(Shapes.serves(Role.RERANK, "/v1/rerank")).isTrue();
    assertThat(Shapes.serves(Role.RERANK, "/v1/reranking")).isTrue();
    assertThat(Shapes.serves(Role.VISION, "/v1/chat/completions")).isTrue();
    assertThatExceptionOfType(Unfit.class)
        .isThrownBy(() -> Shapes.of(Role.EMBED, "/v1/chat/completions"))
        .satisfies(unfit -> assertThat(unfit.status()).isEqualTo(404))
        .withMessageContaining("/v1/embeddings");
  }
}
