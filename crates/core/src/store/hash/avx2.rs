//! Four lanes, on processors with AVX2.

use std::arch::x86_64::*;

use super::messages::{Messages, Place, TOUCHED};
use super::rounds::{START, STEPS, places, rounds};

/// One word of each lane.
type V = __m256i;

/// The functions of one vector that rotate or shift it three times.
macro_rules! sigma {
    ($name:ident, $one:literal, $two:literal, $last:ident $three:literal) => {
        #[target_feature(enable = "avx2")]
        #[inline]
        fn $name(x: V) -> V {
            xor(
                xor(rotate::<$one, { 64 - $one }>(x), rotate::<$two, { 64 - $two }>(x)),
                $last::<$three, { 64 - $three }>(x),
            )
        }
    };
}

sigma!(big_sigma_0, 28, 34, rotate 39);
sigma!(big_sigma_1, 14, 18, rotate 41);
sigma!(small_sigma_0, 1, 8, shift 7);
sigma!(small_sigma_1, 19, 61, shift 6);

/// To the right; `LEFT` is what is missing to 64.
#[target_feature(enable = "avx2")]
#[inline]
fn rotate<const RIGHT: i32, const LEFT: i32>(x: V) -> V {
    xor(_mm256_srli_epi64::<RIGHT>(x), _mm256_slli_epi64::<LEFT>(x))
}

#[target_feature(enable = "avx2")]
#[inline]
fn shift<const RIGHT: i32, const LEFT: i32>(x: V) -> V {
    _mm256_srli_epi64::<RIGHT>(x)
}

#[target_feature(enable = "avx2")]
#[inline]
fn vector(words: &[u64; 4]) -> V {
    let [a, b, c, d] = words.map(u64::cast_signed);
    _mm256_setr_epi64x(a, b, c, d)
}

#[target_feature(enable = "avx2")]
#[inline]
fn array(v: V) -> [u64; 4] {
    let words = [
        _mm256_extract_epi64::<0>(v),
        _mm256_extract_epi64::<1>(v),
        _mm256_extract_epi64::<2>(v),
        _mm256_extract_epi64::<3>(v),
    ];
    words.map(i64::cast_unsigned)
}

#[target_feature(enable = "avx2")]
#[inline]
fn same(word: u64) -> V {
    _mm256_set1_epi64x(word.cast_signed())
}

#[target_feature(enable = "avx2")]
#[inline]
fn add(a: V, b: V) -> V {
    _mm256_add_epi64(a, b)
}

#[target_feature(enable = "avx2")]
#[inline]
fn xor(a: V, b: V) -> V {
    _mm256_xor_si256(a, b)
}

#[target_feature(enable = "avx2")]
#[inline]
fn or(a: V, b: V) -> V {
    _mm256_or_si256(a, b)
}

#[target_feature(enable = "avx2")]
#[inline]
fn shift_right(v: V, bits: V) -> V {
    _mm256_srlv_epi64(v, bits)
}

/// By 64 bits: nothing is left.
#[target_feature(enable = "avx2")]
#[inline]
fn shift_left(v: V, bits: V) -> V {
    _mm256_sllv_epi64(v, bits)
}

/// The bits of `yes` where `which` has ones, those of `no` elsewhere.
#[target_feature(enable = "avx2")]
#[inline]
fn choose(which: V, yes: V, no: V) -> V {
    xor(no, _mm256_and_si256(which, xor(yes, no)))
}

/// What most of the three bits of a place are.
#[target_feature(enable = "avx2")]
#[inline]
fn majority(a: V, b: V, c: V) -> V {
    or(_mm256_and_si256(a, b), _mm256_and_si256(c, or(a, b)))
}

rounds!("avx2", 4);
