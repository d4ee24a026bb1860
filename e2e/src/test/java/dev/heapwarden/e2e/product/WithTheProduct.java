package dev.heapwarden.e2e.product;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Tests of the {@link Installed} product. They run by themselves, after all others: it would answer
 * the incidents of those too.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Tag("product")
@ExtendWith(Installed.class)
@interface WithTheProduct {}
