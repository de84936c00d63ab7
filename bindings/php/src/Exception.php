<?php

declare(strict_types=1);

namespace LiveApi;

use RuntimeException;

/**
 * The library, its configuration or the arguments cannot be used at all.
 *
 * What a function refuses is never thrown; it is in the answer. getCode() is a number of `enum
 * LiveapiStatus` in liveapi.h, and no message holds a password.
 */
final class Exception extends RuntimeException
{
    /** An argument has no JSON form, or is not of the kind that the method takes. */
    public const BAD_PARAMS = 4;

    /** The configuration is wrong, or the library cannot be loaded. */
    public const CONFIG = 20;

    /** A defect of the library. */
    public const INTERNAL = 90;
}
