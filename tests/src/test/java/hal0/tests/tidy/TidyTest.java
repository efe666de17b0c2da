package hal0.tests.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** The rules of the house that a machine can look after. */
class TidyTest {
  private static final int FILE_LINES = 400;
  private static final int METHOD_LINES = 60;
  private static final Pattern AMBIENT =
      Pattern.compile(
          "Instant\\.now\\(|System\\.(nanoTime|currentTimeMillis)\\(|Thread\\.sleep\\(|Math\\.random\\(");
  private static final Pattern UNFINISHED = Pattern.compile("\\b(TODO|FIXME|XXX)\\b");
  private static final Pattern BANNED_NAME = Pattern.compile("(Manager|Helper|Utils?)\\.java");

  @Test
  void filesAreShort() {
    List<String> longOnes =
        Sources.all().stream()
            .filter(file -> Sources.text(file).lines().count() > FILE_LINES)
            .map(Sources::name)
            .toList();
    assertThat(longOnes).as("files of more than %d lines", FILE_LINES).isEmpty();
  }

  @Test
  void timeAndChanceComeThroughTheirSeam() {
    List<String> found =
        Sources.product().stream()
            .filter(file -> !Sources.name(file).startsWith("app"))
            .filter(file -> !file.endsWith("SystemClockwork.java"))
            .filter(file -> AMBIENT.matcher(Sources.text(file)).find())
            .map(Sources::name)
            .toList();
    assertThat(found).as("use Clockwork").isEmpty();
  }

  @Test
  void nothingIsLeftUnfinished() {
    List<String> found =
        Sources.all().stream()
            .filter(file -> !file.endsWith("TidyTest.java"))
            .filter(file -> UNFINISHED.matcher(Sources.text(file)).find())
            .map(Sources::name)
            .toList();
    assertThat(found).isEmpty();
  }

  @Test
  void namesSayWhatThingsAre() {
    List<String> found =
        Sources.all().stream()
            .filter(file -> BANNED_NAME.matcher(file.getFileName().toString()).find())
            .filter(file -> !file.endsWith("SlotManager.java"))
            .map(Sources::name)
            .toList();
    assertThat(found).isEmpty();
  }

  @Test
  void methodsAreShortAndPublicTypesAreDocumented() throws IOException {
    List<String> problems = new ArrayList<>();
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files =
        compiler.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8)) {
      List<Path> sources = Sources.all();
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null,
                  files,
                  null,
                  List.of("-proc:none"),
                  null,
                  files.getJavaFileObjectsFromPaths(sources));
      DocTrees docs = DocTrees.instance(task);
      for (CompilationUnitTree unit : task.parse()) {
        new Look(unit, docs, problems).scan(unit, null);
      }
    }
    assertThat(problems).isEmpty();
  }

  private static final class Look extends TreePathScanner<Void, Void> {
    private final CompilationUnitTree unit;
    private final DocTrees docs;
    private final List<String> problems;
    private final boolean product;

    Look(CompilationUnitTree unit, DocTrees docs, List<String> problems) {
      this.unit = unit;
      this.docs = docs;
      this.problems = problems;
      this.product = Sources.product().contains(Path.of(unit.getSourceFile().toUri()));
    }

    @Override
    public Void visitClass(ClassTree type, Void nothing) {
      boolean open = type.getModifiers().getFlags().contains(Modifier.PUBLIC);
      if (product && open && docs.getDocComment(getCurrentPath()) == null) {
        problems.add(
            place(type) + ": " + type.getSimpleName() + " is public and says nothing of itself");
      }
      return super.visitClass(type, nothing);
    }

    @Override
    public Void visitMethod(MethodTree method, Void nothing) {
      if (method.getBody() != null) {
        long end = docs.getSourcePositions().getEndPosition(unit, method.getBody());
        long lines = line(end) - line(start(method.getBody())) + 1;
        if (lines > METHOD_LINES) {
          problems.add(place(method) + ": " + method.getName() + " has " + lines + " lines");
        }
      }
      return super.visitMethod(method, nothing);
    }

    private String place(Tree tree) {
      return Sources.name(Path.of(unit.getSourceFile().toUri())) + ":" + line(start(tree));
    }

    private long start(Tree tree) {
      return docs.getSourcePositions().getStartPosition(unit, tree);
    }

    private long line(long position) {
      return position < 0 ? 0 : unit.getLineMap().getLineNumber(position);
    }
  }
}
