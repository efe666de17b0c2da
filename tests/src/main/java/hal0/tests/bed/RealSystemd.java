package hal0.tests.bed;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test that needs a {@link PrivateSystemd}. Where none can be had it is skipped with the reason,
 * which is printed; at the end of the run a line tells how many such tests ran.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RealSystemdExtension.class)
public @interface RealSystemd {}
