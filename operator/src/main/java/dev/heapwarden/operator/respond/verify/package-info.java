/** Whether an intervention helped: pure functions of the baseline and the newest assessments. */
@NullMarked
package dev.heapwarden.operator.respond.verify;

import org.jspecify.annotations.NullMarked;
