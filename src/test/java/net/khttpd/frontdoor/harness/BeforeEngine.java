package net.khttpd.frontdoor.harness;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/// A method that runs once before all tests of a class on one engine.
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@BeforeParameterizedClassInvocation(injectArguments = false)
public @interface BeforeEngine {}
