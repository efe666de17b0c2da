package hal0.app.api;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/**
 * What Jetty has to say by itself (a request line that is no request line, headers too long), in
 * our own shape.
 */
final class ServerErrors extends ErrorHandler {
  @Override
  public boolean errorPageForMethod(String method) {
    return true;
  }

  @Override
  protected void generateResponse(
      Request request,
      Response response,
      int code,
      String message,
      Throwable cause,
      Callback callback) {
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    // Where requests begin and end is not known any more, or the server is ending.
    response.getHeaders().put(HttpHeader.CONNECTION, "close");
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    response.write(true, ByteBuffer.wrap(envelope(request, code, message)), callback);
  }

  private static byte[] envelope(Request request, int status, String reason) {
    Problem problem = Problem.ofStatus(status, reason);
    String path = request.getHttpURI() == null ? "" : request.getHttpURI().getPath();
    ErrorShape shape = ErrorShape.of(path);
    return JsonOut.bytes(json -> shape.write(json, problem));
  }
}
