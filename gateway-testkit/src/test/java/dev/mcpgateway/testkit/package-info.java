@NullMarked
package dev.mcpgateway.testkit;

import org.jspecify.annotations.NullMarked;
