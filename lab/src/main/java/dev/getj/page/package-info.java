/** What our web pages have in common: templates, and the theme. */
package dev.getj.page;
