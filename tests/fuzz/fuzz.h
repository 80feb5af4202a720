/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the fuzz targets share. A target reads any bytes and CHECKs what must
 * hold of the result; a crash is only the crudest thing that can be wrong.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "smmunest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(truth) \
	do { \
		if (!(truth)) { \
			fprintf(stderr, "%s:%d: does not hold: %s\n", \
				__FILE__, __LINE__, #truth); \
			abort(); \
		} \
	} while (0)

/* The bytes not yet taken. */
struct input {
	const uint8_t *data;
	size_t size;
};

/* @len bytes, zeroes where the input is shorter. */
static inline void take(struct input *in, void *to, size_t len)
{
	size_t n = len < in->size ? len : in->size;

	memset(to, 0, len);
	if (n)
		memcpy(to, in->data, n);
	in->data += n;
	in->size -= n;
}

/* The rest as a string of exactly its size, so that ASan sees its end. */
static inline char *take_text(struct input *in)
{
	char *text = malloc(in->size + 1);

	CHECK(text);
	if (in->size)
		memcpy(text, in->data, in->size);
	text[in->size] = '\0';
	in->size = 0;
	return text;
}

/* A reason must be there, and end. */
static inline void check_why(const struct smn_why *why)
{
	CHECK(why->text[0] && memchr(why->text, 0, sizeof(why->text)));
}

#define IS_STRING(array) (memchr(array, 0, sizeof(array)) != NULL)

#endif
