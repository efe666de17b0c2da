/** Workers behind the gateway: OpenAI's shapes on one side, frames on the other. */
package hal0.app.gateway.worker;
