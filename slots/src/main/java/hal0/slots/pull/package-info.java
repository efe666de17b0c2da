/**
 * What a load may have to fetch before its unit can be started: model files over HTTP, container
 * images. One pull for each thing, whoever asks for it.
 */
package hal0.slots.pull;
