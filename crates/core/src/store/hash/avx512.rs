//! Eight lanes, on processors with AVX-512.

use std::arch::x86_64::*;

use super::messages::{Messages, Place, TOUCHED};
use super::rounds::{START, STEPS, places, rounds};

/// One word of each lane.
type V = __m512i;

/// What the three bits of a place become, as the processor's table of eight: all of them; what the first bit says of
/// the other two; what most are.
const XOR: i32 = 0x96;
const CHOOSE: i32 = 0xca;
const MAJORITY: i32 = 0xe8;

/// The functions of one vector that rotate or shift it three times.
macro_rules! sigma {
    ($name:ident, $one:literal, $two:literal, $last:ident $three:literal) => {
        #[target_feature(enable = "avx512f")]
        #[inline]
        fn $name(x: V) -> V {
            let (one, two) = (_mm512_ror_epi64::<$one>(x), _mm512_ror_epi64::<$two>(x));
            _mm512_ternarylogic_epi64::<XOR>(one, two, $last::<$three>(x))
        }
    };
}

sigma!(big_sigma_0, 28, 34, _mm512_ror_epi64 39);
sigma!(big_sigma_1, 14, 18, _mm512_ror_epi64 41);
sigma!(small_sigma_0, 1, 8, _mm512_srli_epi64 7);
sigma!(small_sigma_1, 19, 61, _mm512_srli_epi64 6);

#[target_feature(enable = "avx512f")]
#[inline]
fn vector(words: &[u64; 8]) -> V {
    let [a, b, c, d, e, f, g, h] = words.map(u64::cast_signed);
    _mm512_setr_epi64(a, b, c, d, e, f, g, h)
}

#[target_feature(enable = "avx512f")]
#[inline]
fn array(v: V) -> [u64; 8] {
    let (low, high) = (_mm512_castsi512_si256(v), _mm512_extracti64x4_epi64::<1>(v));
    let words = [
        _mm256_extract_epi64::<0>(low),
        _mm256_extract_epi64::<1>(low),
        _mm256_extract_epi64::<2>(low),
        _mm256_extract_epi64::<3>(low),
        _mm256_extract_epi64::<0>(high),
        _mm256_extract_epi64::<1>(high),
        _mm256_extract_epi64::<2>(high),
        _mm256_extract_epi64::<3>(high),
    ];
    words.map(i64::cast_unsigned)
}

#[target_feature(enable = "avx512f")]
#[inline]
fn same(word: u64) -> V {
    _mm512_set1_epi64(word.cast_signed())
}

#[target_feature(enable = "avx512f")]
#[inline]
fn add(a: V, b: V) -> V {
    _mm512_add_epi64(a, b)
}

#[target_feature(enable = "avx512f")]
#[inline]
fn or(a: V, b: V) -> V {
    _mm512_or_si512(a, b)
}

#[target_feature(enable = "avx512f")]
#[inline]
fn shift_right(v: V, bits: V) -> V {
    _mm512_srlv_epi64(v, bits)
}

/// By 64 bits: nothing is left.
#[target_feature(enable = "avx512f")]
#[inline]
fn shift_left(v: V, bits: V) -> V {
    _mm512_sllv_epi64(v, bits)
}

/// The bits of `yes` where `which` has ones, those of `no` elsewhere.
#[target_feature(enable = "avx512f")]
#[inline]
fn choose(which: V, yes: V, no: V) -> V {
    _mm512_ternarylogic_epi64::<CHOOSE>(which, yes, no)
}

#[target_feature(enable = "avx512f")]
#[inline]
fn majority(a: V, b: V, c: V) -> V {
    _mm512_ternarylogic_epi64::<MAJORITY>(a, b, c)
}

rounds!("avx512f", 8);
